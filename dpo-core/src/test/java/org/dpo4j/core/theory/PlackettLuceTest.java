package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Collections2;
import com.google.common.primitives.Doubles;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlackettLuceTest {

  @Test
  void logProbability_ofThreeIsWorkedByHand() {
    // rewards ln 3, ln 2, ln 1, best first: 3/(3+2+1) · 2/(2+1) · 1/1 = 1/3
    assertThat(PlackettLuce.logProbability(Math.log(3), Math.log(2), 0.0))
        .isCloseTo(Math.log(1.0 / 3.0), within(1e-15));
    // the other way round: 1/6 · 2/5 · 3/3 = 1/15
    assertThat(PlackettLuce.logProbability(0.0, Math.log(2), Math.log(3)))
        .isCloseTo(Math.log(1.0 / 15.0), within(1e-15));
  }

  @Test
  void logProbability_ofTwoIsBradleyTerry() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      double first = random.nextDouble(-5, 5);
      double second = random.nextDouble(-5, 5);
      assertThat(PlackettLuce.logProbability(first, second))
          .isCloseTo(BradleyTerry.logProbability(first, second), within(1e-14));
    }
  }

  @Test
  void logProbability_ofOneIsZero() {
    assertThat(PlackettLuce.logProbability(3.7)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void logProbability_ofAllRankingsSumsToOne(int completions) {
    double[] rewards = new SplittableRandom(completions).doubles(completions, -3, 3).toArray();
    double total = 0.0;
    for (List<Double> ranking : Collections2.permutations(Doubles.asList(rewards))) {
      total += Math.exp(PlackettLuce.logProbability(Doubles.toArray(ranking)));
    }
    assertThat(total).isCloseTo(1.0, within(1e-12));
  }

  @Test
  void logProbability_ofHugeRewardsStaysFinite() {
    // 1 · e^−2e6 / (1 + e^−2e6): the worst comes second
    assertThat(PlackettLuce.logProbability(1e6, -1e6, 1e6 - 1)).isCloseTo(-2e6 + 1, within(1.0));
    assertThat(PlackettLuce.logProbability(1e6, 0.0, -1e6)).isZero();
  }

  @Test
  void logProbability_withoutRewards_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlackettLuce.logProbability())
        .withMessage("rewards must have at least one value, got none");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8})
  void gradient_equalsFiniteDifferences(int completions) {
    double[] rewards = new SplittableRandom(completions).doubles(completions, -2, 2).toArray();
    double[] gradient = PlackettLuce.gradient(rewards);
    for (int i = 0; i < completions; i++) {
      assertThat(gradient[i]).as("reward %d", i).isCloseTo(slope(rewards, i), within(1e-8));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void gradient_sumsToZero(int completions) {
    double[] rewards = new SplittableRandom(completions).doubles(completions, -2, 2).toArray();
    assertThat(Arrays.stream(PlackettLuce.gradient(rewards)).sum()).isCloseTo(0.0, within(1e-14));
  }

  @Test
  void gradient_ofTwoIsTheProbabilityOfTheOtherOrder() {
    double wrong = BradleyTerry.probability(-0.2, 0.9);
    assertThat(PlackettLuce.gradient(0.9, -0.2))
        .containsExactly(new double[] {wrong, -wrong}, within(1e-15));
  }

  private static double slope(double[] rewards, int i) {
    double h = 1e-6;
    double[] above = rewards.clone();
    double[] below = rewards.clone();
    above[i] += h;
    below[i] -= h;
    return (PlackettLuce.logProbability(above) - PlackettLuce.logProbability(below)) / (2 * h);
  }
}
