package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.theory.RandomDistribution.logs;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivergencesTest {

  private static final double[] P = logs(0.5, 0.5);
  private static final double[] Q = logs(0.25, 0.75);

  // ½ ln(½ / ¼) + ½ ln(½ / ¾) = ½ ln(4/3)
  private static final double KL_P_Q = 0.5 * Math.log(4.0 / 3.0);

  // ¼ ln(¼ / ½) + ¾ ln(¾ / ½)
  private static final double KL_Q_P = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);

  @Test
  void kl_ofTwoOutcomesIsWorkedByHand() {
    assertThat(Divergences.kl(P, Q)).isCloseTo(KL_P_Q, within(1e-15));
    assertThat(Divergences.kl(Q, P)).isCloseTo(KL_Q_P, within(1e-15));
  }

  @Test
  void reverseKl_isTakenUnderThePolicy() {
    assertThat(Divergences.reverseKl(P, Q)).isCloseTo(KL_P_Q, within(1e-15));
  }

  @Test
  void forwardKl_isTakenUnderTheReference() {
    assertThat(Divergences.forwardKl(P, Q)).isCloseTo(KL_Q_P, within(1e-15));
  }

  @Test
  void jensenShannon_ofTwoOutcomesIsWorkedByHand() {
    // p = (1, 0), q = (½, ½), m = (¾, ¼): ½ ln(4/3) + ½ (½ ln(2/3) + ½ ln 2)
    double expected = 0.5 * Math.log(4.0 / 3.0) + 0.25 * Math.log(2.0 / 3.0) + 0.25 * Math.log(2);
    assertThat(Divergences.jensenShannon(logs(1.0, 0.0), P)).isCloseTo(expected, within(1e-15));
    assertThat(Divergences.jensenShannon(P, logs(1.0, 0.0))).isCloseTo(expected, within(1e-15));
  }

  @Test
  void divergences_ofEqualDistributionsAreZero() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 100; i++) {
      double[] p = RandomDistribution.logProbs(random, 7);
      assertThat(Divergences.kl(p, p)).isZero();
      assertThat(Divergences.jensenShannon(p, p)).isCloseTo(0.0, within(1e-15));
    }
  }

  @Test
  void divergences_ofRandomDistributionsStayInRange() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 1000; i++) {
      double[] p = RandomDistribution.logProbs(random, 7);
      double[] q = RandomDistribution.logProbs(random, 7);
      assertThat(Divergences.kl(p, q)).isPositive();
      assertThat(Divergences.jensenShannon(p, q)).isBetween(0.0, Math.log(2));
    }
  }

  @Test
  void jensenShannon_ofDisjointDistributionsIsLn2AndNoMore() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1000; i++) {
      double a = random.nextDouble();
      double b = random.nextDouble();
      double divergence = Divergences.jensenShannon(logs(a, 1 - a, 0, 0), logs(0, 0, b, 1 - b));
      assertThat(divergence).isLessThanOrEqualTo(Math.log(2)).isCloseTo(Math.log(2), within(1e-14));
    }
  }

  @Test
  void kl_whereBothAreZeroAddsNothing() {
    assertThat(Divergences.kl(logs(0.5, 0.5, 0.0), logs(0.25, 0.75, 0.0)))
        .isCloseTo(KL_P_Q, within(1e-15));
  }

  @Test
  void kl_whereOnlyTheFirstIsZeroIsFinite() {
    assertThat(Divergences.kl(logs(1.0, 0.0), P)).isCloseTo(Math.log(2), within(1e-15));
  }

  @Test
  void kl_whereOnlyTheSecondIsZeroIsInfinite() {
    assertThat(Divergences.kl(P, logs(1.0, 0.0))).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void divergences_ofDifferentSizes_areRefused() {
    double[] three = logs(0.25, 0.25, 0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Divergences.kl(P, three))
        .withMessage("logP has 2 values, logQ has 3: they must be equal");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Divergences.jensenShannon(P, three))
        .withMessage("logP has 2 values, logQ has 3: they must be equal");
  }

  @Test
  void kl_ofValuesThatAreNoDistribution_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Divergences.kl(logs(0.25, 0.25), P))
        .withMessage("logP must be the logs of probabilities that sum to 1, got a sum of 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Divergences.kl(P, logs(1.0, 1.0)))
        .withMessage("logQ must be the logs of probabilities that sum to 1, got a sum of 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Divergences.kl(new double[0], new double[0]))
        .withMessage("logP must have at least one value, got none");
  }
}
