package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * One completion a record, with a rating: HelpSteer ({@code prompt}, {@code response}, {@code
 * helpfulness}), or a {@code score} or {@code rating}, perhaps of a conversation's last turn.
 * Completions of one prompt are compared.
 */
record RatedRows() implements Format {

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
    return Judged.hasAnswer(record) && Judged.rating(record).isPresent();
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    String rating =
        Judged.rating(record)
            .orElseThrow(
                () -> new SkippedException(SkipReason.UNLABELLED, "has none of " + Judged.RATINGS));
    Judged.Answer answer = Judged.answer(record);
    return List.of(
        Judgement.Scores.ratings(
            answer.prompt(), List.of(answer.completion()), List.of(record.number(rating))));
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
}
