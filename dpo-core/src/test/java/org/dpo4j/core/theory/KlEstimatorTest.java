package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.theory.RandomDistribution.logs;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KlEstimatorTest {

  private static final double[] POLICY = logs(0.5, 0.3, 0.15, 0.05);
  private static final double[] REFERENCE = logs(0.2, 0.3, 0.2, 0.3);
  private static final int SAMPLES = 200_000;

  @Test
  void estimates_ofOneLogRatioAreWorkedByHand() {
    double u = Math.log(2);
    assertThat(KlEstimator.K1.of(u)).isEqualTo(u);
    assertThat(KlEstimator.K2.of(u)).isCloseTo(u * u / 2, within(1e-15));
    // e^−ln2 − 1 + ln 2 = ln 2 − ½
    assertThat(KlEstimator.K3.of(u)).isCloseTo(u - 0.5, within(1e-15));
    // e^ln2 − 1 − ln 2 = 1 − ln 2
    assertThat(KlEstimator.K3.of(-u)).isCloseTo(1 - u, within(1e-15));
  }

  @ParameterizedTest
  @EnumSource
  void estimate_isZeroWherePolicyEqualsReference(KlEstimator estimator) {
    assertThat(estimator.of(0.0)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"K1", "K3"})
  void expectation_ofK1AndK3IsTheKl(KlEstimator estimator) {
    assertThat(expectation(estimator::of))
        .isCloseTo(Divergences.kl(POLICY, REFERENCE), within(1e-15));
  }

  @ParameterizedTest
  @EnumSource(names = {"K1", "K3"})
  void mean_ofManySamplesOfK1AndK3IsCloseToTheKl(KlEstimator estimator) {
    assertThat(estimator.mean(sampledLogRatios(8)))
        .isCloseTo(Divergences.kl(POLICY, REFERENCE), within(fourSigma(estimator)));
  }

  @Test
  void mean_ofManySamplesOfK2IsCloseToHalfTheMeanSquareInstead() {
    // E[u²/2] = ½ (0.5 ln² 2.5 + 0.3 ln² 1 + 0.15 ln² 0.75 + 0.05 ln² (1/6)) ≈ 0.2964; the KL is ≈
    // 0.3254
    double halfMeanSquare =
        0.5
            * (0.5 * square(Math.log(2.5))
                + 0.15 * square(Math.log(0.75))
                + 0.05 * square(Math.log(6)));
    double bias = halfMeanSquare - Divergences.kl(POLICY, REFERENCE);

    double mean = KlEstimator.K2.mean(sampledLogRatios(9));

    assertThat(mean).isCloseTo(halfMeanSquare, within(fourSigma(KlEstimator.K2)));
    assertThat(Math.abs(bias)).isGreaterThan(4 * fourSigma(KlEstimator.K2));
  }

  @Test
  void expectation_ofK2ApproachesTheKlAsPoliciesApproach() {
    // KL = Σ q f(p/q) with f''(1) = 1 for both, so they agree to second order and differ in the
    // third
    double closeness = 1e-3;
    double[] near = logs(0.5 + closeness, 0.5 - closeness);
    double[] half = logs(0.5, 0.5);
    double kl = Divergences.kl(near, half);
    double k2 = 0.0;
    for (int y = 0; y < 2; y++) {
      k2 += Math.exp(near[y]) * KlEstimator.K2.of(near[y] - half[y]);
    }
    assertThat(kl).isCloseTo(2 * closeness * closeness, within(1e-11));
    assertThat(k2).isCloseTo(kl, within(1e-11));
  }

  @ParameterizedTest
  @EnumSource(names = {"K2", "K3"})
  void estimate_ofK2AndK3IsNeverNegative(KlEstimator estimator) {
    SplittableRandom random = new SplittableRandom(10);
    for (int i = 0; i < 10_000; i++) {
      double u = Math.pow(10, random.nextDouble(-20, 2)) * (random.nextBoolean() ? 1 : -1);
      assertThat(estimator.of(u)).as("u = %s", u).isNotNegative();
    }
  }

  @Test
  void estimate_ofK3IsAccurateForSmallLogRatios() {
    // u²/2 − u³/6 + u⁴/24 − …, where e^−u − 1 + u would lose half its digits to cancellation
    assertThat(KlEstimator.K3.of(1e-4)).isCloseTo(1e-8 / 2 - 1e-12 / 6 + 1e-16 / 24, within(1e-19));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e9, -1e4, -701, -700, 700, 701, 1e4, 1e9})
  void estimates_ofHugeLogRatiosAreFinite(double u) {
    for (KlEstimator estimator : KlEstimator.values()) {
      assertThat(estimator.of(u)).as("%s", estimator).isFinite();
    }
  }

  @Test
  void mean_isOverSamples() {
    assertThat(KlEstimator.K1.mean(1.0, -0.5, 0.25)).isCloseTo(0.25, within(1e-15));
    assertThat(KlEstimator.K2.mean(1.0, -2.0)).isCloseTo(1.25, within(1e-15));
  }

  @Test
  void mean_withoutSamples_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KlEstimator.K1.mean())
        .withMessage("logRatios must have at least one sample, got none");
  }

  /**
   * Four standard errors of a mean of {@link #SAMPLES} estimates, from the estimate's exact
   * variance.
   */
  private static double fourSigma(KlEstimator estimator) {
    double mean = expectation(estimator::of);
    return 4 * Math.sqrt(expectation(u -> square(estimator.of(u) - mean)) / SAMPLES);
  }

  private static double expectation(DoubleUnaryOperator f) {
    double sum = 0.0;
    for (int y = 0; y < POLICY.length; y++) {
      sum += Math.exp(POLICY[y]) * f.applyAsDouble(POLICY[y] - REFERENCE[y]);
    }
    return sum;
  }

  private static double[] sampledLogRatios(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] logRatios = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      int y = RandomDistribution.draw(random, POLICY);
      logRatios[i] = POLICY[y] - REFERENCE[y];
    }
    return logRatios;
  }

  private static double square(double x) {
    return x * x;
  }
}
