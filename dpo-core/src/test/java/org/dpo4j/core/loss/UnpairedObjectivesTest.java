package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.Bco.RunningShift;
import org.junit.jupiter.api.Test;

class UnpairedObjectivesTest {
  private static final double TINY = 1e-14;

  /** Log-ratios 2 (desirable) and 1 (undesirable). */
  private static final UnpairedBatch TWO =
      UnpairedBatch.of(
          TokenValues.of(new double[] {-1.0, -1.0}, new double[] {-1.0}),
          TokenValues.of(new double[] {-2.0, -2.0}, new double[] {-2.0}),
          List.of(true, false));

  private static double sigmoid(double z) {
    return 1.0 / (1.0 + Math.exp(-z));
  }

  @Test
  void kto_comparesWithTheEstimate() {
    // beta 0.5, z0 0.5: v = 0.5 (2 - 0.5) = 0.75 and 0.5 (0.5 - 1) = -0.25
    Evaluation evaluation = new Kto(1.0, 3.0).evaluate(TWO.withKlEstimate(0.5), 0.5);

    double loss = (sigmoid(-0.75) + 3.0 * sigmoid(0.25)) / 2.0;
    assertThat(evaluation.loss()).isCloseTo(loss, within(TINY));
    double slopeW = -0.5 * sigmoid(0.75) * sigmoid(-0.75) / 2.0;
    double slopeL = 3.0 * 0.5 * sigmoid(0.25) * sigmoid(-0.25) / 2.0;
    assertThat(evaluation.gradient().row(0))
        .containsExactly(new double[] {slopeW, slopeW}, within(TINY));
    assertThat(evaluation.gradient().row(1)).containsExactly(new double[] {slopeL}, within(TINY));
  }

  @Test
  void kto_clampsItsEstimateAtZero() {
    Kto kto = new Kto(1.0, 1.5);

    assertThat(kto.evaluate(TWO.withKlEstimate(-0.3), 0.5))
        .isEqualTo(kto.evaluate(TWO.withKlEstimate(0.0), 0.5));
    assertThat(kto.evaluate(TWO.withKlEstimate(0.3), 0.5).loss())
        .isNotEqualTo(kto.evaluate(TWO.withKlEstimate(0.0), 0.5).loss());
  }

  @Test
  void ktoEstimate_isTheMeanLogRatioOfACompletion() {
    TokenValues policy = TokenValues.of(new double[] {-1.0, -1.0}, new double[] {-4.0});
    TokenValues reference = TokenValues.of(new double[] {-2.0, -1.5}, new double[] {-1.0});

    assertThat(Kto.klEstimate(policy, reference)).isEqualTo((1.5 - 3.0) / 2.0);
  }

  @Test
  void bco_classifiesTheShiftedReward() {
    // beta 0.5, delta 0.25: rewards 1 and 0.5, logits 0.75 and -(0.25)
    Evaluation evaluation = new Bco().evaluate(TWO.withRewardShift(0.25), 0.5);

    double loss = (Math.log1p(Math.exp(-0.75)) + Math.log1p(Math.exp(0.25))) / 2.0;
    assertThat(evaluation.loss()).isCloseTo(loss, within(TINY));
    assertThat(evaluation.gradient().get(0, 0)).isCloseTo(-0.25 * sigmoid(-0.75), within(TINY));
    assertThat(evaluation.gradient().get(1, 0)).isCloseTo(0.25 * sigmoid(0.25), within(TINY));
  }

  @Test
  void bcoWithoutShift_isHalfOfBcoPair() {
    PairSample sample = PairSample.random(new Random(3), 4);
    List<Boolean> desirable = Stream.iterate(true, thumb -> !thumb).limit(8).toList();
    UnpairedBatch batch =
        UnpairedBatch.of(sample.policy(), sample.reference(), desirable).withRewardShift(0.0);

    double unpaired = new Bco().evaluate(batch, 0.5).loss();

    double paired = new BcoPair().evaluate(sample.batch(), 0.5).loss();
    assertThat(unpaired).isCloseTo(paired / 2.0, within(TINY));
  }

  @Test
  void runningShift_isTheMeanOfAllRewardsSoFar() {
    UnpairedBatch one =
        UnpairedBatch.of(
            TokenValues.of(new double[] {-4.0}),
            TokenValues.of(new double[] {-1.0}),
            List.of(false));

    RunningShift first = RunningShift.START.after(TWO, 0.5);
    RunningShift second = first.after(one, 0.5);

    // rewards 1, 0.5, then -1.5
    assertThat(first).isEqualTo(new RunningShift(0.75, 2));
    assertThat(second).isEqualTo(new RunningShift(0.0, 3));
    assertThat(second.after(one, 0.5)).isEqualTo(new RunningShift(-0.375, 4));
    assertThat(RunningShift.START).isEqualTo(new RunningShift(0.0, 0));
  }

  @Test
  void weights_multiplyExamples() {
    UnpairedBatch shifted = TWO.withRewardShift(0.0);
    double first = new Bco().at(shifted, 0, 0.5).loss();

    Evaluation evaluation = new Bco().evaluate(shifted.withWeights(List.of(3.0, 0.0)), 0.5);

    assertThat(evaluation.loss()).isCloseTo(3.0 * first / 2.0, within(TINY));
    assertThat(evaluation.gradient().get(1, 0)).isZero();
  }

  @Test
  void metrics_areMeansOfEachSide() {
    UnpairedBatch batch =
        UnpairedBatch.of(
                TokenValues.of(new double[] {-1.0}, new double[] {-3.0}, new double[] {-2.0, -2.0}),
                TokenValues.of(new double[] {-2.0}, new double[] {-3.5}, new double[] {-1.0, -1.0}),
                List.of(true, true, false))
            .withKlEstimate(-0.25);

    assertThat(new Kto(1.0, 1.0).evaluate(batch, 0.5).metrics().asMap())
        .isEqualTo(
            ImmutableMap.of(
                "rewards/chosen", 0.375,
                "logps/chosen", -2.0,
                "logratios/chosen", 0.75,
                "rewards/rejected", -1.0,
                "logps/rejected", -4.0,
                "logratios/rejected", -2.0,
                "kl", 0.0));
    assertThat(new Bco().evaluate(TWO.withRewardShift(0.5), 1.0).metrics().get("reward_shift"))
        .isEqualTo(0.5);
  }

  @Test
  void sideWithoutExamples_hasNoMetrics() {
    UnpairedBatch liked =
        UnpairedBatch.of(
                TokenValues.of(new double[] {-1.0}),
                TokenValues.of(new double[] {-2.0}),
                List.of(true))
            .withRewardShift(0.0);

    assertThat(new Bco().evaluate(liked, 1.0).metrics().names())
        .containsExactly("reward_shift", "rewards/chosen", "logps/chosen", "logratios/chosen");
  }
}
