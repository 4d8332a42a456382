package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.ScoredCompletion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitRewardTest {

  private static final ImplicitReward REWARD = new ImplicitReward(0.1);

  private static final ScoredCompletion RISEN = new ScoredCompletion(-4.0, -6.0, 3);
  private static final ScoredCompletion FALLEN = new ScoredCompletion(-9.0, -6.0, 3);
  private static final ScoredCompletion UNMOVED = new ScoredCompletion(-6.0, -6.0, 3);

  @Test
  void reward_isBetaTimesTheLogRatio() {
    assertThat(REWARD.of(RISEN)).isCloseTo(0.1 * (-4.0 + 6.0), within(1e-15));
    assertThat(REWARD.of(FALLEN)).isCloseTo(0.1 * (-9.0 + 6.0), within(1e-15));
    assertThat(REWARD.of(UNMOVED)).isZero();
  }

  @Test
  void reward_withoutReferenceIsBetaTimesTheLogProb() {
    assertThat(REWARD.of(new ScoredCompletion(-4.0, Double.NaN, 3))).isCloseTo(-0.4, within(1e-15));
  }

  @Test
  void margin_isTheDifferenceOfRewards() {
    assertThat(REWARD.margin(pair(RISEN, FALLEN))).isCloseTo(0.2 + 0.3, within(1e-15));
    assertThat(REWARD.margin(pair(FALLEN, RISEN))).isCloseTo(-0.5, within(1e-15));
  }

  @Test
  void agrees_onlyIfTheMarginIsStrictlyPositive() {
    assertThat(REWARD.agrees(pair(RISEN, FALLEN))).isTrue();
    assertThat(REWARD.agrees(pair(FALLEN, RISEN))).isFalse();
    assertThat(REWARD.agrees(pair(UNMOVED, UNMOVED))).isFalse();
  }

  @Test
  void gradientWeight_isHalfWherePolicyEqualsReference() {
    assertThat(REWARD.gradientWeight(pair(UNMOVED, UNMOVED))).isEqualTo(0.5);
  }

  @Test
  void gradientWeight_isTheProbabilityTheRewardGivesToTheWrongSide() {
    // σ(−½) and σ(½)
    assertThat(REWARD.gradientWeight(pair(RISEN, FALLEN)))
        .isCloseTo(1 / (1 + Math.exp(0.5)), within(1e-15));
    assertThat(REWARD.gradientWeight(pair(FALLEN, RISEN)))
        .isCloseTo(1 / (1 + Math.exp(-0.5)), within(1e-15));
  }

  @Test
  void preference_isBradleyTerryOnImplicitRewards() {
    assertThat(REWARD.preference(RISEN, FALLEN)).isCloseTo(1 / (1 + Math.exp(-0.5)), within(1e-15));
    assertThat(REWARD.preference(RISEN, RISEN)).isEqualTo(0.5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5, 5.0})
  void reward_invertsTheClosedFormUpToThePartitionFunction(double beta) {
    SplittableRandom random = new SplittableRandom(11);
    double[] reference = RandomDistribution.logProbs(random, 10);
    double[] rewards = random.doubles(10, -1, 1).toArray();
    ClosedFormOptimum optimum = ClosedFormOptimum.of(reference, rewards, beta);
    ImplicitReward implicit = new ImplicitReward(beta);

    for (int i = 0; i < 10; i++) {
      ScoredCompletion first = new ScoredCompletion(optimum.logProbs().get(i), reference[i], 1);
      // β log π*/π_ref = r − β log Z
      assertThat(implicit.of(first)).isCloseTo(rewards[i] - optimum.value(), within(1e-12));
      for (int j = 0; j < 10; j++) {
        ScoredCompletion second = new ScoredCompletion(optimum.logProbs().get(j), reference[j], 1);
        assertThat(implicit.margin(pair(first, second)))
            .isCloseTo(rewards[i] - rewards[j], within(1e-12));
        assertThat(implicit.preference(first, second))
            .isCloseTo(BradleyTerry.probability(rewards[i], rewards[j]), within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void beta_outOfRange_isRefused(double beta) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImplicitReward(beta))
        .withMessage("beta must be a finite number > 0, got %s", beta);
  }

  private static Pair pair(ScoredCompletion chosen, ScoredCompletion rejected) {
    return new Pair(chosen, rejected, 0.0, OptionalDouble.empty());
  }
}
