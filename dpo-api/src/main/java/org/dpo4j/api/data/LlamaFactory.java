package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * LLaMA-Factory: {@code instruction}, perhaps with an {@code input} that follows it on a new line,
 * or {@code conversations} of {@code from} and {@code value}; with {@code chosen} and {@code
 * rejected}, and perhaps a {@code system} text.
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

  /** The prompt of an instruction with its input, or of conversations. */
  static Text prompt(Fields record) throws SkippedException {
    if (record.has("conversations")) {
      return Text.of(Texts.messages(record.get("conversations"), "conversations"));
    }
    String instruction = record.text("instruction");
    String input = record.has("input") ? record.text("input") : "";
    return Text.of(
        instruction.isEmpty() || input.isEmpty()
            ? instruction + input
            : instruction + "\n" + input);
  }
}
