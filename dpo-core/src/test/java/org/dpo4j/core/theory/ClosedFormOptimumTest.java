package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.theory.RandomDistribution.logs;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosedFormOptimumTest {

  private static final double[] REFERENCE = logs(0.75, 0.25);

  // With β = ½: e^(r/β) is 1 and 3, so π_ref e^(r/β) is ¾ and ¾, Z = 3/2 and π* = (½, ½).
  private static final double[] REWARDS = {0.0, 0.5 * Math.log(3)};
  private static final double BETA = 0.5;

  @Test
  void optimum_ofTwoCompletionsIsWorkedByHand() {
    ClosedFormOptimum optimum = ClosedFormOptimum.of(REFERENCE, REWARDS, BETA);

    assertThat(optimum.logProbs().toArray()).containsExactly(logs(0.5, 0.5), within(1e-15));
    assertThat(optimum.logPartition()).isCloseTo(Math.log(1.5), within(1e-15));
    assertThat(optimum.beta()).isEqualTo(BETA);
  }

  @Test
  void value_ofTwoCompletionsIsWorkedByHand() {
    // E[r] − β KL = ½ · ½ ln 3 − ½ (½ ln(½ / ¾) + ½ ln(½ / ¼)) = ½ ln(3/2)
    assertThat(ClosedFormOptimum.of(REFERENCE, REWARDS, BETA).value())
        .isCloseTo(0.5 * Math.log(1.5), within(1e-15));
  }

  @Test
  void optimum_ofEqualRewardsIsTheReference() {
    ClosedFormOptimum optimum = ClosedFormOptimum.of(REFERENCE, new double[] {0.3, 0.3}, BETA);

    assertThat(optimum.logProbs().toArray()).containsExactly(REFERENCE, within(1e-15));
    assertThat(optimum.value()).isCloseTo(0.3, within(1e-15));
  }

  @Test
  void optimum_keepsToTheReferencesSupport() {
    ClosedFormOptimum optimum =
        ClosedFormOptimum.of(logs(0.5, 0.5, 0.0), new double[] {0.0, 0.0, 100.0}, 1.0);

    assertThat(optimum.logProbs().toArray()).containsExactly(logs(0.5, 0.5, 0.0), within(1e-15));
    assertThat(optimum.value()).isCloseTo(0.0, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5, 5.0})
  void value_isTheObjectiveAtTheOptimum(double beta) {
    SplittableRandom random = new SplittableRandom(3);
    double[] reference = RandomDistribution.logProbs(random, 12);
    double[] rewards = random.doubles(12, -1, 1).toArray();
    ClosedFormOptimum optimum = ClosedFormOptimum.of(reference, rewards, beta);

    double attained =
        ClosedFormOptimum.objective(optimum.logProbs().toArray(), reference, rewards, beta);

    assertThat(attained).isCloseTo(optimum.value(), within(1e-12));
    assertThat(optimum.divergenceOf(optimum.logProbs().toArray())).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.5, 5.0})
  void value_exceedsEveryOtherPolicysByBetaTimesItsDivergence(double beta) {
    SplittableRandom random = new SplittableRandom(4);
    double[] reference = RandomDistribution.logProbs(random, 12);
    double[] rewards = random.doubles(12, -1, 1).toArray();
    ClosedFormOptimum optimum = ClosedFormOptimum.of(reference, rewards, beta);

    for (int i = 0; i < 1000; i++) {
      double[] policy = RandomDistribution.logProbs(random, 12);
      double shortfall =
          optimum.value() - ClosedFormOptimum.objective(policy, reference, rewards, beta);
      assertThat(shortfall)
          .isPositive()
          .isCloseTo(beta * optimum.divergenceOf(policy), within(1e-12));
    }
  }

  @Test
  void optimum_ofLargeRewardsOverBetaDoesNotOverflow() {
    // r/β is 1e9, whose exponential no double holds
    ClosedFormOptimum optimum = ClosedFormOptimum.of(logs(0.5, 0.5), new double[] {1e6, 0.0}, 1e-3);

    assertThat(optimum.logProbs().toArray()).containsExactly(0.0, -1e9);
    assertThat(optimum.logPartition()).isCloseTo(1e9 + Math.log(0.5), within(1e-6));
    assertThat(optimum.value()).isCloseTo(1e6, within(1e-2));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
  void of_betaOutOfRange_isRefused(double beta) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(REFERENCE, REWARDS, beta))
        .withMessage("beta must be a finite number > 0, got %s", beta);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.objective(REFERENCE, REFERENCE, REWARDS, beta))
        .withMessage("beta must be a finite number > 0, got %s", beta);
  }

  @Test
  void of_otherNumberOfRewards_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(REFERENCE, new double[3], BETA))
        .withMessage("referenceLogProbs has 2 values, rewards has 3: they must be equal");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.objective(REFERENCE, REFERENCE, new double[3], BETA))
        .withMessage("policyLogProbs has 2 values, rewards has 3: they must be equal");
  }

  @Test
  void of_referenceThatIsNoDistribution_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(logs(0.25, 0.25), REWARDS, BETA))
        .withMessage(
            "referenceLogProbs must be the logs of probabilities that sum to 1, got a sum of 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(new double[] {Double.NaN, 0.0}, REWARDS, BETA))
        .withMessage(
            "referenceLogProbs must be the logs of probabilities that sum to 1, got a sum of NaN");
  }

  @Test
  void of_nothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(new double[0], new double[0], BETA))
        .withMessage("referenceLogProbs must have at least one value, got none");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void of_rewardThatIsNotFinite_isRefused(double reward) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClosedFormOptimum.of(REFERENCE, new double[] {0.0, reward}, BETA))
        .withMessage("reward must be a finite number, got %s", reward);
  }
}
