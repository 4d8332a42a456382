package org.dpo4j.api.compare;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.hash.Hashing;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.backend.Text;

/**
 * One prompt of a comparison.
 *
 * @param id the prompt's
 * @param prompt SHA-256 of its text
 * @param a what the first policy answered
 * @param b what the second one answered
 * @param verdict FIRST where a is better
 */
record Judged(String id, String prompt, String a, String b, Verdict verdict) {

  static String hash(Prompt prompt) {
    return Hashing.sha256().hashString(canonical(prompt.text()), StandardCharsets.UTF_8).toString();
  }

  /** Lengths keep roles and contents apart. */
  private static String canonical(Text text) {
    if (text instanceof Text.Plain plain) {
      return "text:" + plain.text();
    }
    StringBuilder canonical = new StringBuilder("chat:");
    Text.Chat chat = (Text.Chat) text;
    chat.messages()
        .forEach(
            message ->
                canonical
                    .append(message.role().length())
                    .append(':')
                    .append(message.role())
                    .append(message.content().length())
                    .append(':')
                    .append(message.content())
                    .append(beside(message.reasoning(), message.fields())));
    return canonical.append(beside(chat.tools(), chat.arguments())).toString();
  }

  /** Nothing for a chat that is no more than its texts. */
  private static String beside(Optional<String> text, ImmutableMap<String, String> fields) {
    StringBuilder beside = new StringBuilder();
    text.ifPresent(value -> beside.append('+').append(value.length()).append(':').append(value));
    ImmutableSortedMap.copyOf(fields)
        .forEach(
            (name, json) ->
                beside
                    .append('+')
                    .append(name.length())
                    .append(':')
                    .append(name)
                    .append(json.length())
                    .append(':')
                    .append(json));
    return beside.toString();
  }

  JsonObject line() {
    JsonObject line = new JsonObject();
    line.addProperty("id", id);
    line.addProperty("prompt_sha256", prompt);
    line.addProperty("a", a);
    line.addProperty("b", b);
    line.addProperty("verdict", word());
    return line;
  }

  private String word() {
    return switch (verdict) {
      case FIRST -> "a";
      case SECOND -> "b";
      case TIE -> "tie";
      case NONE -> "none";
    };
  }

  /** Reads a line; whatever it throws, the line is none. */
  static Judged of(JsonObject line) {
    return new Judged(
        line.get("id").getAsString(),
        line.get("prompt_sha256").getAsString(),
        line.get("a").getAsString(),
        line.get("b").getAsString(),
        switch (line.get("verdict").getAsString()) {
          case "a" -> Verdict.FIRST;
          case "b" -> Verdict.SECOND;
          case "tie" -> Verdict.TIE;
          case "none" -> Verdict.NONE;
          default -> throw new IllegalArgumentException("verdict must be a, b, tie or none");
        });
  }
}
