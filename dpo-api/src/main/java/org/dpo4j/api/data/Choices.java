package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Text;

/** What formats have in common in which two completions stand beside a label. */
final class Choices {

  static final List<String> PROMPTS =
      List.of("prompt", "instruction", "question", "input", "query");

  static final ImmutableList<String> COMPLETIONS =
      ImmutableList.of("response", "completion", "answer", "generation", "output");

  private Choices() {}

  /** The column of a completion, where its name is the annotation project's own. */
  static Optional<String> completionColumn(Fields record) {
    return record.first(COMPLETIONS);
  }

  /** That column's text. */
  static Text completion(Fields record) throws SkippedException {
    String column =
        completionColumn(record)
            .orElseThrow(() -> SkippedException.malformed("has none of " + COMPLETIONS));
    return Texts.of(record.get(column), column);
  }

  /** The preference that votes make of two completions. */
  static List<Judgement> of(Text prompt, Text first, Text second, Votes votes)
      throws SkippedException {
    return of(prompt, first, second, votes, Judgement.Strength.UNKNOWN);
  }

  /** The same with what else is known; the agreement is that of the votes. */
  static List<Judgement> of(
      Text prompt, Text first, Text second, Votes votes, Judgement.Strength strength)
      throws SkippedException {
    Sides sides =
        votes.firstWins() ? Sides.of(prompt, first, second) : Sides.of(prompt, second, first);
    return List.of(
        new Judgement.Preference(
            sides.prompt(),
            sides.chosen(),
            sides.rejected(),
            strength.withAgreement(votes.agreement())));
  }

  /** One annotator's word, true for the first. */
  static Votes vote(boolean first) {
    return first ? new Votes(1, 0) : new Votes(0, 1);
  }

  /** The column of a prompt, where its name is the annotation project's own. */
  static Optional<String> promptColumn(Fields record) {
    return record.first(PROMPTS);
  }

  /** That column's text; an error says how to name another. */
  static Text prompt(Fields record) throws SkippedException {
    String column =
        promptColumn(record)
            .orElseThrow(
                () ->
                    SkippedException.malformed(
                        "has no prompt under one of "
                            + PROMPTS
                            + " but "
                            + record.names()
                            + "; name the columns"));
    return column.equals("instruction")
        ? LlamaFactory.instruction(record)
        : Texts.of(record.get(column), column);
  }
}
