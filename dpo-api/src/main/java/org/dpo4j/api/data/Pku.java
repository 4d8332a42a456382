package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * PKU-SafeRLHF: {@code prompt}, {@code response_0}, {@code response_1}, {@code better_response_id}.
 * What is safer, {@code safer_response_id}, is another question and is read by {@code
 * Columns.choice("prompt", "response_0", "response_1", "safer_response_id", "0", "1")}.
 */
record Pku() implements Format {

  @Override
  public String title() {
    return "PKU-SafeRLHF (prompt, response_0, response_1, better_response_id)";
  }

  @Override
  public Judgement.Kind kind() {
    return Judgement.Kind.PREFERENCES;
  }

  @Override
  public boolean matches(Fields record) {
    return Choices.promptColumn(record).isPresent()
        && record.has("response_0", "response_1", "better_response_id");
  }

  @Override
  public List<Judgement> read(Fields record) throws SkippedException {
    double better = record.number("better_response_id");
    if (better == -1) {
      throw new SkippedException(SkipReason.TIED, "better_response_id is -1");
    }
    if (better != 0 && better != 1) {
      throw Fields.wrong("better_response_id", "0 or 1", record.get("better_response_id"));
    }
    return Choices.of(
        Choices.prompt(record),
        Texts.of(record.get("response_0"), "response_0"),
        Texts.of(record.get("response_1"), "response_1"),
        Choices.vote(better == 0));
  }
}
