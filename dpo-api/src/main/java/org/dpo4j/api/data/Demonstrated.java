package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * A prompt and what to answer: {@code prompt} and {@code completion} as TRL has them, {@code
 * instruction}, {@code input} and {@code output} as Alpaca, or other usual names.
 */
record Demonstrated() implements Format {

  @Override
  public String title() {
    return "demonstrations (prompt, completion; instruction, input, output)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.DEMONSTRATIONS;
  }

  @Override
  public boolean matches(Fields record) {
    return Choices.promptColumn(record).isPresent() && Choices.completionColumn(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    Judged.refuse(record);
    if (Choices.promptColumn(record).isEmpty()) {
      throw SkippedException.malformed("has none of " + Choices.PROMPTS);
    }
    return demonstration(record, Choices.prompt(record), Choices.completion(record));
  }

  /** A prompt and a completion from elsewhere, with what stands beside them. */
  static List<Judgement> demonstration(Fields record, Text prompt, Text completion)
      throws SkippedException {
    Sides sides = Sides.of(prompt, completion, completion);
    return List.of(
        new Judgement.Demonstration(sides.prompt(), sides.chosen(), Extras.known(record).weight()));
  }
}
