package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Conversations to learn from: {@code messages} as OpenAI and TRL have them, {@code conversations}
 * as ShareGPT, perhaps with a {@code system} text. Each turn of the assistant is a demonstration,
 * with all before it as the prompt.
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
    return column(record).filter(column -> areMessages(record, column)).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String column =
        column(record)
            .orElseThrow(
                () -> SkippedException.malformed("has no conversation under one of " + NAMES));
    if (record.hasArray("tools") && !record.array("tools").isEmpty()) {
      throw new SkippedException(SkipReason.UNSUPPORTED, "tools offers tools");
    }
    if (!(Texts.of(record.get(column), column) instanceof Text.Chat chat)) {
      throw Fields.wrong(column, "messages", record.get(column));
    }
    List<Message> messages = new ArrayList<>(chat.messages());
    if (record.hasText("system") && !record.text("system").isEmpty()) {
      messages.add(0, Message.system(record.text("system")));
    }
    double weight = Extras.known(record).weight();
    ImmutableList.Builder<Judgement> turns = ImmutableList.builder();
    for (int i = 1; i < messages.size(); i++) {
      if (messages.get(i).role().equals("assistant")) {
        Text prompt = Text.of(messages.subList(0, i));
        turns.add(new Judgement.Demonstration(prompt, Text.of(List.of(messages.get(i))), weight));
      }
    }
    List<Judgement> all = turns.build();
    if (all.isEmpty()) {
      throw new SkippedException(
          SkipReason.EMPTY, "'" + column + "' has no turn of the assistant after another message");
    }
    return all;
  }

  private static Optional<String> column(Fields record) {
    return record.first(NAMES);
  }

  private static boolean areMessages(Fields record, String column) {
    try {
      return Texts.isChat(record.get(column))
          || (record.hasText(column) && Texts.of(record.get(column), column) instanceof Text.Chat);
    } catch (SkippedException e) {
      return false;
    }
  }
}
