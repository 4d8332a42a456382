package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.loss.Close.assertClose;

import java.util.List;
import java.util.Random;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pair's own noise, margin and weight do. */
class LabelsTest {
  private static final double TINY = 1e-13;
  private static final PairLabel PLAIN = PairLabel.PLAIN;

  /** a = 1, b = -1 and beta = 0.5: z = 1. */
  private static final PairSample ONE = PairSample.ofTokens(-1.0, -3.0, -2.0, -2.0);

  private static final double RIGHT = Math.log1p(Math.exp(-1.0));
  private static final double WRONG = Math.log1p(Math.exp(1.0));

  static List<PairLoss> losses() {
    return List.of(
        new Dpo(), new Hinge(), new Nca(), new SimPo(0.5), new Orpo(), new Dpop(5.0), new Cpo(1.0));
  }

  @Test
  void noise_isAnExpectationOverRightAndWrongLabels() {
    double loss = new Dpo().evaluate(ONE.withLabel(PLAIN.withNoise(0.2)).batch(), 0.5).loss();

    assertThat(loss).isCloseTo(0.8 * RIGHT + 0.2 * WRONG, within(TINY));
  }

  @Test
  void noise_bendsTheGradient() {
    Evaluation evaluation = new Dpo().evaluate(ONE.withLabel(PLAIN.withNoise(0.2)).batch(), 0.5);

    // d/dz: -0.8 sigma(-1) + 0.2 sigma(1), times beta
    double slope = 0.5 * (-0.8 / (1.0 + Math.exp(1.0)) + 0.2 / (1.0 + Math.exp(-1.0)));
    assertThat(evaluation.gradient().get(0, 0)).isCloseTo(slope, within(TINY));
    assertThat(evaluation.gradient().get(1, 0)).isCloseTo(-slope, within(TINY));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void labelSmoothing_isTheSameAsNoiseOnEveryPair(PairLoss loss) {
    PairSample sample = PairSample.random(new Random(1), 4);

    Evaluation smoothed = loss.labelSmoothing(0.2).evaluate(sample.batch(), 0.5);
    Evaluation noisy = loss.evaluate(sample.withLabel(PLAIN.withNoise(0.2)).batch(), 0.5);

    assertThat(smoothed.loss()).isEqualTo(noisy.loss());
    assertThat(smoothed.gradient()).isEqualTo(noisy.gradient());
    assertThat(smoothed.loss()).isNotEqualTo(loss.evaluate(sample.batch(), 0.5).loss());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void labelSmoothing_mixesBothOrders(PairLoss loss) {
    PairSample sample = PairSample.random(new Random(2), 4);
    Evaluation right = loss.evaluate(sample.batch(), 0.5);
    Evaluation wrong = loss.evaluate(swapped(sample), 0.5);

    Evaluation smoothed = loss.labelSmoothing(0.3).evaluate(sample.batch(), 0.5);

    assertClose("loss", smoothed.loss(), 0.7 * right.loss() + 0.3 * wrong.loss(), TINY, 0.0);
    TokenValues expected =
        right
            .gradient()
            .map((r, t) -> 0.7 * right.gradient().get(r, t) + 0.3 * wrong.gradient().get(r ^ 1, t));
    assertClose(smoothed.gradient(), expected, TINY, 1e-15);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void robust_isUnbiased(PairLoss loss) {
    PairSample sample = PairSample.random(new Random(3), 4);
    double plain = loss.evaluate(sample.batch(), 0.5).loss();

    double right = loss.robust(0.3).evaluate(sample.batch(), 0.5).loss();
    double wrong = loss.robust(0.3).evaluate(swapped(sample), 0.5).loss();

    assertClose("expectation", 0.7 * right + 0.3 * wrong, plain, TINY, 0.0);
    assertThat(Math.abs(right - plain)).isGreaterThan(1e-3);
  }

  @Test
  void robust_withoutNoiseIsTheLossItself() {
    PairBatch batch = PairSample.random(new Random(4), 4).batch();

    assertThat(new Dpo().robust(0.0).evaluate(batch, 0.5))
        .isEqualTo(new Dpo().evaluate(batch, 0.5));
  }

  @Test
  void pairsOwnNoise_overridesTheLosss() {
    PairBatch own = ONE.withLabel(PLAIN.withNoise(0.2)).batch();
    PairBatch certain = ONE.withLabel(PLAIN.withNoise(0.0)).batch();

    assertThat(new Dpo().labelSmoothing(0.4).evaluate(own, 0.5).loss())
        .isCloseTo(0.8 * RIGHT + 0.2 * WRONG, within(TINY));
    assertThat(new Dpo().labelSmoothing(0.4).evaluate(certain, 0.5).loss())
        .isCloseTo(RIGHT, within(TINY));
    assertThat(new Dpo().robust(0.4).evaluate(own, 0.5).loss())
        .isCloseTo((0.8 * RIGHT - 0.2 * WRONG) / 0.6, within(TINY));
    assertThat(new Exo(0.4).evaluate(own, 0.5)).isEqualTo(new Exo(0.2).evaluate(ONE.batch(), 0.5));
  }

  @Test
  void noise_isAppliedOnceInsideASum() {
    PairBatch own = ONE.withLabel(PLAIN.withNoise(0.2)).batch();

    double loss = new Dpo().labelSmoothing(0.4).times(2.0).evaluate(own, 0.5).loss();

    assertThat(loss).isCloseTo(2.0 * (0.8 * RIGHT + 0.2 * WRONG), within(TINY));
  }

  @Test
  void flippedPair_hasTheNegatedMargin() {
    double loss =
        new Dpo().evaluate(ONE.withLabel(PLAIN.withMargin(0.5).withNoise(0.2)).batch(), 0.5).loss();

    // z is 1 - 0.5 for the label as it is, -1 + 0.5 for the label turned round
    assertThat(loss)
        .isCloseTo(
            0.8 * Math.log1p(Math.exp(-0.5)) + 0.2 * Math.log1p(Math.exp(0.5)), within(TINY));
  }

  @Test
  void clearerRatings_pullHarder() {
    Evaluation fiveToTwo = new Dpo().evaluate(ONE.withLabel(PLAIN.withMargin(3.0)).batch(), 0.5);
    Evaluation fiveToFour = new Dpo().evaluate(ONE.withLabel(PLAIN.withMargin(1.0)).batch(), 0.5);

    assertThat(fiveToTwo.loss()).isGreaterThan(fiveToFour.loss());
    assertThat(fiveToTwo.loss()).isCloseTo(Math.log1p(Math.exp(2.0)), within(TINY));
    assertThat(fiveToFour.loss()).isCloseTo(Math.log(2.0), within(TINY));
    assertThat(Close.norm(fiveToTwo.gradient())).isGreaterThan(Close.norm(fiveToFour.gradient()));
    assertThat(fiveToFour.gradient().get(0, 0)).isEqualTo(-0.25);
  }

  @Test
  void marginScale_turnsRatingsIntoRewards() {
    PairBatch rated = ONE.withLabel(PLAIN.withMargin(3.0)).batch();
    PairBatch scaled = ONE.withLabel(PLAIN.withMargin(1.5)).batch();

    assertThat(new Dpo().marginScale(0.5).evaluate(rated, 0.5))
        .isEqualTo(new Dpo().evaluate(scaled, 0.5));
    assertThat(new Dpo().marginScale(0.0).evaluate(rated, 0.5))
        .isEqualTo(new Dpo().evaluate(ONE.batch(), 0.5));
  }

  @Test
  void weightTwo_countsAPairTwice() {
    PairSample sample = PairSample.random(new Random(6), 2);
    PairSample weighted = sample.withLabels(List.of(PLAIN.withWeight(2.0), PLAIN));
    double first = new Dpo().evaluate(sample.part(0, 1).batch(), 0.5).loss();
    double second = new Dpo().evaluate(sample.part(1, 2).batch(), 0.5).loss();

    Evaluation plain = new Dpo().evaluate(sample.batch(), 0.5);
    Evaluation evaluation = new Dpo().evaluate(weighted.batch(), 0.5);

    assertThat(evaluation.loss()).isCloseTo((2.0 * first + second) / 2.0, within(TINY));
    TokenValues gradient = plain.gradient();
    assertClose(
        evaluation.gradient(),
        gradient.map((r, t) -> (r < 2 ? 2.0 : 1.0) * gradient.get(r, t)),
        TINY,
        0.0);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void weightZero_removesAPair(PairLoss loss) {
    PairSample sample = PairSample.random(new Random(8), 2);
    PairSample weighted = sample.withLabels(List.of(PLAIN.withWeight(0.0), PLAIN));

    Evaluation evaluation = loss.evaluate(weighted.batch(), 0.5);

    double second = loss.evaluate(sample.part(1, 2).batch(), 0.5).loss();
    assertThat(evaluation.loss()).isCloseTo(second / 2.0, within(TINY));
    assertThat(Close.norm(evaluation.gradient().select(0, 1))).isZero();
  }

  @Test
  void weights_reachSftToo() {
    PairSample sample = ONE.withLabel(PLAIN.withWeight(3.0));

    assertThat(new Sft().evaluate(sample.batch(), 1.0).loss()).isEqualTo(3.0);
  }

  /** Chosen and rejected exchanged. */
  private static PairBatch swapped(PairSample sample) {
    int[] rows = new int[2 * sample.pairs()];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row ^ 1;
    }
    return PairBatch.of(sample.policy().select(rows), sample.reference().select(rows));
  }
}
