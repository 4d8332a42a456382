package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * ms-swift: {@code messages} that end in the chosen answer, with a {@code rejected_response} in its
 * place, or several, or {@code rejected_messages}, a whole other conversation. In the older form
 * {@code query}, {@code response}, perhaps a {@code system} text and a {@code history}, make the
 * conversation. ms-swift always applies a chat template, so that all of them are chats.
 */
record Swift() implements Format {

  private static final List<String> CONVERSATIONS = List.of("messages", "conversations");
  private static final List<String> CHOSEN = List.of("chosen_response", "response", "output");

  @Override
  public String title() {
    return "ms-swift (messages, or query and response; rejected_response or rejected_messages)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    boolean hasChosen =
        record.first(CONVERSATIONS).isPresent()
            || (Choices.promptColumn(record).isPresent() && record.first(CHOSEN).isPresent());
    return hasChosen && (record.has("rejected_response") || record.has("rejected_messages"));
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    if (!record.has("rejected_response") && !record.has("rejected_messages")) {
      throw new SkippedException(
          SkipReason.UNLABELLED, "has neither rejected_response nor rejected_messages");
    }
    Judgement.Strength strength = Extras.known(record);
    ImmutableList<Message> chosen = chosen(record);
    ImmutableList.Builder<Judgement> pairs = ImmutableList.builder();
    for (Text rejected : rejected(record, chosen.subList(0, chosen.size() - 1))) {
      Sides sides = Sides.of(Text.of(chosen), rejected);
      pairs.add(
          new Judgement.Preference(sides.prompt(), sides.chosen(), sides.rejected(), strength));
    }
    return pairs.build();
  }

  private static ImmutableList<Message> chosen(Fields record) throws SkippedException {
    Optional<String> column = record.first(CONVERSATIONS);
    List<Message> messages = new ArrayList<>();
    if (column.isPresent()) {
      if (!(Texts.of(record.get(column.get()), column.get()) instanceof Text.Chat chat)) {
        throw Fields.wrong(column.get(), "messages", record.get(column.get()));
      }
      messages.addAll(chat.messages());
    } else {
      String prompt = Choices.promptColumn(record).orElseThrow(() -> lacking("a prompt"));
      String answer = record.first(CHOSEN).orElseThrow(() -> lacking("an answer"));
      messages.add(Message.user(record.text(prompt)));
      messages.add(Message.assistant(record.text(answer)));
    }
    if (!messages.get(messages.size() - 1).role().equals("assistant")) {
      throw SkippedException.malformed(
          "'" + column.orElse("messages") + "' must end with the chosen answer of the assistant");
    }
    return ImmutableList.copyOf(messages);
  }

  /** Whole conversations that end in what was rejected. */
  private static ImmutableList<Text> rejected(Fields record, List<Message> prompt)
      throws SkippedException {
    if (record.has("rejected_messages")) {
      List<Message> messages = Texts.messages(record.get("rejected_messages"), "rejected_messages");
      return ImmutableList.of(
          Text.of(
              prompt.isEmpty()
                      || messages.get(0).role().equals("system")
                      || !prompt.get(0).role().equals("system")
                  ? messages
                  : joined(prompt.subList(0, 1), messages)));
    }
    JsonElement value = record.get("rejected_response");
    List<JsonElement> answers =
        value instanceof JsonArray array && !Texts.isChat(value) ? array.asList() : List.of(value);
    ImmutableList.Builder<Text> rejected = ImmutableList.builder();
    for (JsonElement answer : answers) {
      Text text = Texts.of(answer, "rejected_response");
      rejected.add(
          Text.of(
              joined(
                  prompt,
                  text instanceof Text.Chat chat
                      ? chat.messages()
                      : List.of(Message.assistant(((Text.Plain) text).text())))));
    }
    return rejected.build();
  }

  private static List<Message> joined(List<Message> first, List<Message> second) {
    return ImmutableList.<Message>builder().addAll(first).addAll(second).build();
  }

  private static SkippedException lacking(String what) {
    return SkippedException.malformed("has not " + what);
  }
}
