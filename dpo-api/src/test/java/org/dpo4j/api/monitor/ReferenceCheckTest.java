package org.dpo4j.api.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.dpo4j.api.monitor.ReferenceCheck.Verdict;
import org.dpo4j.core.theory.SampledKl;
import org.junit.jupiter.api.Test;

class ReferenceCheckTest {

  private static final SampledKl NEAR = new SampledKl(2, 0.5, 16, 64);
  private static final SampledKl PERHAPS_FAR = new SampledKl(25, 10, 16, 64);
  private static final SampledKl FAR = new SampledKl(60, 10, 16, 64);

  @Test
  void aPolicyThatHasHardlyMoved_keepsItsReference() {
    ReferenceCheck check = ReferenceCheck.of(NEAR, NEAR, 0.0, 0.5, -0.5);

    assertThat(check.verdict()).isEqualTo(Verdict.KEEP);
    assertThat(check.gradientWeight()).isCloseTo(0.5, within(1e-12));
    assertThat(check.saturated()).isZero();
    assertThat(check.toString().lines())
        .containsExactly(
            "KL(policy || reference)   2.00 nats (1.02 to 2.98), of 64 samples",
            "KL(reference || policy)   2.00 nats (1.02 to 2.98), of 64 samples",
            "pairs in order            33.3 % of 3",
            "saturated pairs           0.0 %",
            "mean gradient weight      0.500, 100 % of what it is at the start",
            "verdict                   keep the reference: the log-ratio is still a signal for most of the pairs");
  }

  /** σ(−3) is 0.047 and σ(−2.9) 0.052. */
  @Test
  void pairsThatHardlyPull_areSaturated() {
    ReferenceCheck check = ReferenceCheck.of(NEAR, NEAR, 3.0, 3.0, 2.9);

    assertThat(check.saturated()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(check.verdict()).isEqualTo(Verdict.RENEW);
    assertThat(check.advice()).contains("most pairs are learnt");
  }

  @Test
  void aPolicyFarAway_oneWayOrTheOther_needsAnother() {
    assertThat(ReferenceCheck.of(FAR, NEAR, 0.5).verdict()).isEqualTo(Verdict.RENEW);
    assertThat(ReferenceCheck.of(NEAR, FAR, 0.5).advice()).contains("says little about it");
    assertThat(ReferenceCheck.of(NEAR, PERHAPS_FAR, 0.5).verdict()).isEqualTo(Verdict.UNCERTAIN);
  }

  @Test
  void noPairs_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReferenceCheck.of(NEAR, NEAR))
        .withMessage("margins must have at least one pair, got none");
  }
}
