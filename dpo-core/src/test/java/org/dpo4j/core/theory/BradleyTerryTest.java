package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BradleyTerryTest {

  @Test
  void probability_isTheSoftmaxOfTwoRewards() {
    // e^ln3 / (e^ln3 + e^0) = 3/4
    assertThat(BradleyTerry.probability(Math.log(3), 0.0)).isCloseTo(0.75, within(1e-15));
    assertThat(BradleyTerry.probability(0.0, Math.log(3))).isCloseTo(0.25, within(1e-15));
  }

  @Test
  void probability_isHalfWhereRewardsAreEqual() {
    assertThat(BradleyTerry.probability(0.7, 0.7)).isEqualTo(0.5);
  }

  @Test
  void probability_ofEitherOrderSumsToOne() {
    assertThat(BradleyTerry.probability(1.3, -0.4) + BradleyTerry.probability(-0.4, 1.3))
        .isCloseTo(1.0, within(1e-15));
  }

  @Test
  void probability_dependsOnTheDifferenceOnly() {
    assertThat(BradleyTerry.probability(0.5 + 64, 0.25 + 64))
        .isEqualTo(BradleyTerry.probability(0.5, 0.25));
  }

  @Test
  void probability_ofHugeRewardsStaysInRange() {
    assertThat(BradleyTerry.probability(1e6, -1e6)).isEqualTo(1.0);
    assertThat(BradleyTerry.probability(-1e6, 1e6)).isEqualTo(0.0);
  }

  @Test
  void logProbability_isTheLogOfTheProbability() {
    assertThat(BradleyTerry.logProbability(Math.log(3), 0.0))
        .isCloseTo(Math.log(0.75), within(1e-15));
    assertThat(BradleyTerry.logProbability(0.0, Math.log(3)))
        .isCloseTo(Math.log(0.25), within(1e-15));
  }

  @Test
  void logProbability_staysFiniteWhereTheProbabilityUnderflows() {
    // log σ(−2e6) = −2e6 − log(1 + e^−2e6)
    assertThat(BradleyTerry.logProbability(-1e6, 1e6)).isEqualTo(-2e6);
  }
}
