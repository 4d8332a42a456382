package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * HelpSteer3: {@code context} of messages, {@code response1}, {@code response2}, {@code
 * overall_preference} from −3 to 3, above 0 for the second, and {@code
 * individual_preference[].score}, whose signs are votes. The overall preference is a rating.
 */
record HelpSteer3() implements Format {

  @Override
  public String title() {
    return "HelpSteer3 (context, response1, response2, overall_preference)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return record.has("context", "response1", "response2", "overall_preference");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    double overall = record.number("overall_preference");
    if (overall == 0) {
      throw new SkippedException(SkipReason.TIED, "overall_preference is 0");
    }
    boolean firstWins = overall < 0;
    Votes votes = Choices.vote(firstWins);
    if (record.hasArray("individual_preference")) {
      Votes individual = individual(record.objects("individual_preference"));
      if (individual.first() + individual.second() > 0) {
        votes = individual;
      }
    }
    if (votes.firstWins() != firstWins) {
      throw new SkippedException(
          SkipReason.NO_MAJORITY, "most of individual_preference are against overall_preference");
    }
    return Choices.of(
        Texts.of(record.get("context"), "context"),
        Texts.of(record.get("response1"), "response1"),
        Texts.of(record.get("response2"), "response2"),
        votes,
        Judgement.Strength.UNKNOWN.withPoints(Math.abs(overall)));
  }

  private static Votes individual(List<Fields> annotators) throws SkippedException {
    Votes votes = new Votes(0, 0);
    for (Fields annotator : annotators) {
      double score = annotator.optionalNumber("score").orElse(0);
      votes = score == 0 ? votes : score < 0 ? votes.plusFirst() : votes.plusSecond();
    }
    return votes;
  }
}
