package org.dpo4j.api.data;

import java.util.List;
import java.util.Optional;
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
    return Choices.promptColumn(record).isPresent() && completionColumn(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String column = required(completionColumn(record), RatedRows.COMPLETIONS);
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
    String column = required(Choices.promptColumn(record), Choices.PROMPTS);
    return column.equals("instruction")
        ? LlamaFactory.prompt(record)
        : Texts.of(record.get(column), column);
  }

  private static Optional<String> completionColumn(Fields record) {
    return RatedRows.COMPLETIONS.stream().filter(record::has).findFirst();
  }

  private static String required(Optional<String> column, List<String> names)
      throws SkippedException {
    return column.orElseThrow(() -> SkippedException.malformed("has none of " + names));
  }
}
