package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * LLaMA-Factory: {@code instruction}, perhaps with an {@code input} that follows it on a new line,
 * or {@code conversations} of {@code from} and {@code value}; with {@code chosen} and {@code
 * rejected}.
 */
record LlamaFactory() implements Format {

  @Override
  public String title() {
    return "LLaMA-Factory (instruction and input, or conversations; chosen, rejected)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return !record.has("prompt")
        && (record.hasText("instruction") || record.hasArray("conversations"))
        && Explicit.canBePair(record);
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    return Explicit.pair(record, prompt(record));
  }

  private static Text prompt(Fields record) throws SkippedException {
    return record.has("conversations")
        ? Text.of(Texts.messages(record.get("conversations"), "conversations"))
        : instruction(record);
  }

  /** An instruction with its input. */
  static Text instruction(Fields record) throws SkippedException {
    if (!record.hasText("instruction")) {
      return Texts.of(record.get("instruction"), "instruction");
    }
    String instruction = record.text("instruction");
    String input = record.has("input") ? record.text("input") : "";
    return Text.of(
        instruction.isEmpty() || input.isEmpty()
            ? instruction + input
            : instruction + "\n" + input);
  }
}
