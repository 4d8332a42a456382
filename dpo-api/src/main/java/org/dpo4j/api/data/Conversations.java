package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Conversations to learn from: {@code messages} as OpenAI and TRL have them, {@code conversations}
 * as ShareGPT. Each turn of the assistant is a demonstration, with all before it as the prompt.
 */
record Conversations() implements Format {

  private static final List<String> NAMES = List.of("messages", "conversations", "conversation");

  @Override
  public String title() {
    return "conversations (messages, or conversations)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.DEMONSTRATIONS;
  }

  @Override
  public boolean matches(Fields record) {
    return column(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Judged.refuse(record);
    List<Message> messages = messages(record);
    double weight = Extras.known(record).weight();
    // A system text beside the turns can be what the first of them answers.
    int first = RecordContext.SYSTEMS.stream().anyMatch(record::says) ? 0 : 1;
    ImmutableList.Builder<Judgement> turns = ImmutableList.builder();
    for (int i = first; i < messages.size(); i++) {
      if (messages.get(i).role().equals(Roles.ASSISTANT)) {
        Text prompt = i == 0 ? Text.of("") : Text.of(messages.subList(0, i));
        turns.add(new Judgement.Demonstration(prompt, Text.of(List.of(messages.get(i))), weight));
      }
    }
    List<Judgement> all = turns.build();
    if (all.isEmpty()) {
      throw new SkippedException(
          SkipReason.EMPTY,
          "'"
              + record.first(NAMES).orElseThrow()
              + "' has no turn of the assistant after another message");
    }
    return all;
  }

  /** The turns of a record's conversation. */
  static List<Message> messages(Fields record) throws SkippedException {
    String column =
        record
            .first(NAMES)
            .orElseThrow(
                () -> SkippedException.malformed("has no conversation under one of " + NAMES));
    if (!(Texts.of(record.get(column), column) instanceof Text.Chat chat)) {
      throw Fields.wrong(column, "messages", record.get(column));
    }
    return chat.messages();
  }

  /** The column of a conversation, if there is one and it holds messages. */
  static Optional<String> column(Fields record) {
    return record.first(NAMES).filter(column -> areMessages(record, column));
  }

  private static boolean areMessages(Fields record, String column) {
    try {
      JsonElement value = record.peek(column);
      return Texts.isChat(value)
          || (Fields.isText(value) && Texts.of(value, column) instanceof Text.Chat);
    } catch (SkippedException e) {
      return false;
    }
  }
}
