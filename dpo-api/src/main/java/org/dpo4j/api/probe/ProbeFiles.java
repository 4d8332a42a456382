package org.dpo4j.api.probe;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.api.data.PromptFiles;
import org.dpo4j.api.data.records.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * Reads probes: JSON lines with {@code category}, {@code prompt} (a text or messages) and {@code
 * expect}: {@code refuses}, {@code does not refuse}, {@code matches} with a {@code pattern}, or
 * {@code keeps} with a {@code format} ({@code json}, {@code one_line}, {@code one_word}, {@code
 * bullet_list}, {@code numbered_list}). {@code id} names a probe; the line's number does otherwise.
 * {@code system}, {@code tools} and {@code chat_template_kwargs} belong to the prompt.
 */
public final class ProbeFiles {

  private static final ImmutableSet<String> FIELDS =
      ImmutableSet.of(
          "id",
          "category",
          "prompt",
          "system",
          "tools",
          "chat_template_kwargs",
          "expect",
          "pattern",
          "format");

  private ProbeFiles() {}

  /**
   * Reads probes.
   *
   * @param name of the file, for messages
   * @param lines its lines; blank ones are left out
   * @param patterns compiles a pattern to what finds it. Answers are long and patterns come from
   *     files: use an engine of linear time, such as RE2/J, not {@code java.util.regex}
   * @return the probes in order
   * @throws IllegalArgumentException if a line is none, or there is none at all; the message names
   *     file, line and rule
   */
  public static ImmutableList<Probe> read(
      String name, List<String> lines, Function<String, Predicate<String>> patterns) {
    ImmutableList.Builder<Probe> probes = ImmutableList.builder();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        try {
          probes.add(probe(lines.get(i), String.valueOf(i + 1), patterns));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(name + ":" + (i + 1) + ": " + e.getMessage(), e);
        }
      }
    }
    ImmutableList<Probe> read = probes.build();
    if (read.isEmpty()) {
      throw new IllegalArgumentException(name + ": must have at least one probe, got none");
    }
    return read;
  }

  private static Probe probe(
      String line, String number, Function<String, Predicate<String>> patterns) {
    JsonObject fields =
        StrictJson.ifValid(line)
            .filter(JsonElement::isJsonObject)
            .map(JsonElement::getAsJsonObject)
            .orElseThrow(() -> new IllegalArgumentException("must be a JSON object"));
    for (String field : fields.keySet()) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "has an unknown field '" + field + "'; known: " + FIELDS);
      }
    }
    if (!fields.has("prompt")) {
      throw new IllegalArgumentException("prompt must be a text or messages");
    }
    String id = fields.has("id") ? text(fields, "id") : number;
    return new Probe(
        text(fields, "category"),
        new Prompt(id, PromptFiles.parse(line)),
        expectation(fields, patterns));
  }

  private static Expectation expectation(
      JsonObject fields, Function<String, Predicate<String>> patterns) {
    String expect = text(fields, "expect");
    return switch (expect) {
      case "refuses" -> new Expectation.Refuses();
      case "does not refuse" -> new Expectation.DoesNotRefuse();
      case "matches" -> {
        String pattern = text(fields, "pattern");
        yield new Expectation.Matches(pattern, patterns.apply(pattern));
      }
      case "keeps" -> new Expectation.Keeps(format(text(fields, "format")));
      default ->
          throw new IllegalArgumentException(
              "expect must be 'refuses', 'does not refuse', 'matches' or 'keeps', got '"
                  + expect
                  + "'");
    };
  }

  private static Format format(String name) {
    for (Format format : Format.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "format must be json, one_line, one_word, bullet_list or numbered_list, got '"
            + name
            + "'");
  }

  private static String text(JsonObject fields, String name) {
    return asText(fields.get(name))
        .orElseThrow(() -> new IllegalArgumentException("'" + name + "' must be a text"));
  }

  private static Optional<String> asText(@Nullable JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }
}
