package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * HelpSteer2-Preference: {@code prompt}, {@code response_1}, {@code response_2}, {@code
 * preference_strength} from −3 to 3, above 0 for the second. The strength, 1 to 3, is a rating.
 */
record HelpSteer2() implements Format {

  @Override
  public String title() {
    return "HelpSteer2 preference (prompt, response_1, response_2, preference_strength)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return Choices.promptColumn(record).isPresent()
        && record.has("response_1", "response_2", "preference_strength");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    double strength = record.number("preference_strength");
    if (strength == 0) {
      throw new SkippedException(SkipReason.TIED, "preference_strength is 0");
    }
    return Choices.of(
        Choices.prompt(record),
        Texts.of(record.get("response_1"), "response_1"),
        Texts.of(record.get("response_2"), "response_2"),
        Choices.vote(strength < 0),
        Judgement.Strength.UNKNOWN.withPoints(Math.abs(strength)));
  }
}
