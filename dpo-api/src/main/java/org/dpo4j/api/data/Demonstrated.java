package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.core.backend.Text;

/**
 * A prompt and what to answer: {@code prompt} and {@code completion} as TRL has them, {@code
 * instruction}, {@code input} and {@code output} as Alpaca, or other usual names; perhaps with a
 * {@code system} text, which makes chats of texts.
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
    return record.first(Choices.PROMPTS).isPresent()
        && record.first(RatedRows.COMPLETIONS).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String column = required(RatedRows.COMPLETIONS, record);
    return demonstration(record, prompt(record), Texts.of(record.get(column), column));
  }

  /** A prompt and a completion from elsewhere, with what stands beside them. */
  static List<Judgement> demonstration(Fields record, Text prompt, Text completion)
      throws SkippedException {
    Sides sides =
        record.hasText("system")
            ? Sides.withSystem(record.text("system"), prompt, completion, completion)
            : Sides.of(prompt, completion, completion);
    return List.of(
        new Judgement.Demonstration(sides.prompt(), sides.chosen(), Extras.known(record).weight()));
  }

  private static Text prompt(Fields record) throws SkippedException {
    String column = required(Choices.PROMPTS, record);
    return column.equals("instruction")
        ? LlamaFactory.prompt(record)
        : Texts.of(record.get(column), column);
  }

  private static String required(List<String> names, Fields record) throws SkippedException {
    return record
        .first(names)
        .orElseThrow(() -> SkippedException.malformed("has none of " + names));
  }
}
