package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * One completion a record, with a rating: HelpSteer ({@code prompt}, {@code response}, {@code
 * helpfulness}), or a {@code score} or {@code rating}. Completions of one prompt are compared.
 */
record RatedRows() implements Format {

  static final ImmutableList<String> COMPLETIONS =
      ImmutableList.of("response", "completion", "answer", "generation", "output");
  private static final ImmutableList<String> RATINGS =
      ImmutableList.of("helpfulness", "overall_score", "score", "rating", "reward");

  @Override
  public String title() {
    return "a rated completion a record (prompt, response, helpfulness)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.SCORES;
  }

  @Override
  public boolean matches(Fields record) {
    return Choices.promptColumn(record).isPresent()
        && record.first(COMPLETIONS).isPresent()
        && record.first(RATINGS).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    return rating(
        record,
        required(Choices.PROMPTS, record),
        required(COMPLETIONS, record),
        required(RATINGS, record));
  }

  /** A rated completion in given columns. */
  static List<Judgement> rating(Fields record, String prompt, String completion, String rating)
      throws SkippedException {
    return List.of(
        Judgement.Scores.ratings(
            Texts.of(record.get(prompt), prompt),
            List.of(Texts.of(record.get(completion), completion)),
            List.of(
                record
                    .optionalNumber(rating)
                    .orElseThrow(
                        () ->
                            new SkippedException(
                                SkipReason.UNLABELLED, "has no '" + rating + "'")))));
  }

  private static String required(List<String> names, Fields record) throws SkippedException {
    return record
        .first(names)
        .orElseThrow(() -> new SkippedException(SkipReason.UNLABELLED, "has none of " + names));
  }
}
