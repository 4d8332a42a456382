package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.Totals;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.KnownObjectives.Known;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal of a loss, word for word. */
class LossRefusalsTest {
  private static final TokenValues LOG_PROBS =
      TokenValues.of(new double[] {-1.0, -2.0}, new double[] {-3.0});
  private static final PairBatch PAIRS = PairBatch.of(LOG_PROBS, LOG_PROBS);
  private static final UnpairedBatch UNPAIRED =
      UnpairedBatch.of(LOG_PROBS, LOG_PROBS, List.of(true, false));

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  static ImmutableList<Known> objectives() {
    return KnownObjectives.all();
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyPairObjective_refusesBetaOfZero(Known known) {
    PairBatch batch = PAIRS.withLogCollisions(LOG_PROBS);

    assertRefused(
        () -> known.objective().evaluate(batch, 0.0), "beta must be a finite number > 0, got 0.0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void everyKindOfObjective_refusesBetaOutOfRange(double beta) {
    RankingBatch rankings = RankingBatch.of(List.of(new Ranking(LOG_PROBS, LOG_PROBS, 1.0)));
    String message = "beta must be a finite number > 0, got " + beta;

    assertRefused(() -> new Dpo().evaluate(PAIRS, beta), message);
    assertRefused(() -> new Kto(1.0, 1.0).evaluate(UNPAIRED.withKlEstimate(0.0), beta), message);
    assertRefused(() -> new PlackettLuceDpo().evaluate(rankings, beta), message);
    assertRefused(() -> Bco.RunningShift.START.after(UNPAIRED, beta), message);
  }

  @Test
  void dpo_needsAReference() {
    assertRefused(
        () -> new Dpo().evaluate(PairBatch.of(LOG_PROBS), 0.1),
        "loss 'dpo' needs reference log-probs, and the batch has none; give them with"
            + " withReference(…)");
  }

  @Test
  void everyObjectiveThatNeedsAReference_saysSo() {
    PairBatch without = PairBatch.of(LOG_PROBS).withLogCollisions(LOG_PROBS);
    int refused = 0;
    for (Known known : objectives()) {
      if (known.objective().traits().needsReference()) {
        assertRefused(
            () -> known.objective().evaluate(without, 0.1),
            "loss '"
                + known.objective().name()
                + "' needs reference log-probs, and the batch has none; give them with"
                + " withReference(…)");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
  }

  @Test
  void wpo_needsLogCollisions() {
    assertRefused(
        () -> new Dpo().policyWeighted().evaluate(PAIRS, 0.1),
        "the batch has no log-collisions; give them with withLogCollisions(…)");
  }

  @Test
  void kto_needsAnEstimate() {
    assertRefused(
        () -> new Kto(1.0, 1.0).evaluate(UNPAIRED, 0.1),
        "loss 'kto' needs a KL estimate, and the batch has none; give it with withKlEstimate(…)");
  }

  @Test
  void bco_needsAShift() {
    assertRefused(
        () -> new Bco().evaluate(UNPAIRED, 0.1),
        "loss 'bco' needs a reward shift, and the batch has none; give it with"
            + " withRewardShift(…)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 0.5, 1.0, Double.NaN})
  void labelSmoothing_mustBeBelowOneHalf(double epsilon) {
    String message = "epsilon must be in [0, 0.5), got " + epsilon;

    assertRefused(() -> new Dpo().labelSmoothing(epsilon), message);
    assertRefused(() -> new Dpo().robust(epsilon), message);
    assertRefused(() -> new Aot(Aot.Variant.PAIRED, epsilon), message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.1, 0.5, Double.NaN})
  void exo_needsSmoothingAboveZero(double epsilon) {
    assertRefused(() -> new Exo(epsilon), "exo: epsilon must be in (0, 0.5), got " + epsilon);
  }

  @Test
  void exo_takesItsOwnSmoothingForAPairThatIsCertain() {
    PairBatch certain = PAIRS.withLabels(List.of(PairLabel.PLAIN.withNoise(0.0)));

    assertThat(new Exo(0.1).evaluate(certain, 0.1)).isEqualTo(new Exo(0.1).evaluate(PAIRS, 0.1));
  }

  @Test
  void policyWeights_needALossOfSinglePairs() {
    assertRefused(
        () -> new Aot(Aot.Variant.PAIRED, 0.0).policyWeighted(),
        "policyWeighted cannot wrap loss 'aot', which compares the pairs of a batch with each other");
  }

  @Test
  void aLabelAotCannotUse_isRefusedInEveryComposition() {
    PairLabel weighted = PairLabel.PLAIN.withWeight(2.0);
    PairObjective aot = new Aot(Aot.Variant.PAIRED, 0.0);
    String message =
        "loss 'aot' compares sorted batches and cannot use a pair's own weight or noise, got "
            + weighted;

    assertRefused(() -> aot.checkLabel(weighted), message);
    assertRefused(() -> new Dpo().plus(1.0, aot).checkLabel(weighted), message);
    assertRefused(() -> aot.lengthDesensitised(0.5).checkLabel(weighted), message);
  }

  @Test
  void aSum_leavesOutTermsOfWeightZero() {
    PairObjective sum = new Ipo(Ipo.Convention.SUMMED).plus(0.0, new Dpo());

    assertThat(sum.traits().usesMargins()).isFalse();
    assertThat(sum.evaluate(PAIRS, 0.1))
        .isEqualTo(new Ipo(Ipo.Convention.SUMMED).evaluate(PAIRS, 0.1));
    assertRefused(
        () -> new Dpo().times(0.0), "terms must have at least one of weight > 0, got none");
  }

  @Test
  void totals_mustCoverTheBatch() {
    assertRefused(
        () -> PAIRS.within(new Totals(1, 0)),
        "totals must cover the batch itself: Totals[examples=1, targetTokens=0] is less than"
            + " Totals[examples=1, targetTokens=2]");
    assertRefused(
        () -> UNPAIRED.within(new Totals(1, 2)),
        "totals must cover the batch itself: Totals[examples=1, targetTokens=2] is less than"
            + " Totals[examples=2, targetTokens=2]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 1.01, Double.NaN})
  void discoPop_needsATemperatureUpToOne(double tau) {
    assertRefused(() -> new DiscoPop(tau), "tau must be in (0, 1], got " + tau);
  }

  @Test
  void noise_isHandledOnce() {
    assertRefused(
        () -> new Exo(0.1).labelSmoothing(0.1),
        "labelSmoothing cannot wrap loss 'exo', which handles label noise itself");
    assertRefused(
        () -> new Exo(0.1).robust(0.1),
        "robust cannot wrap loss 'exo', which handles label noise itself");
    assertRefused(
        () -> new Dpo().labelSmoothing(0.1).robust(0.1),
        "robust cannot wrap loss 'cdpo', which handles label noise itself");
    assertRefused(
        () -> new Dpo().robust(0.1).marginScale(2.0).labelSmoothing(0.0),
        "labelSmoothing cannot wrap loss 'offset-robust-dpo', which handles label noise itself");
  }

  @Test
  void aot_refusesWeightsAndNoise() {
    for (Aot.Variant variant : Aot.Variant.values()) {
      Aot aot = new Aot(variant, 0.0);
      String start =
          "loss '"
              + aot.name()
              + "' compares sorted batches and cannot use a pair's own weight or noise, got ";

      assertRefused(
          () -> aot.evaluate(PAIRS.withLabels(List.of(PairLabel.PLAIN.withWeight(2.0))), 0.1),
          start + "PairLabel[weight=2.0, margin=0.0, noise=OptionalDouble.empty]");
      assertRefused(
          () -> aot.evaluate(PAIRS.withLabels(List.of(PairLabel.PLAIN.withNoise(0.1))), 0.1),
          start + "PairLabel[weight=1.0, margin=0.0, noise=OptionalDouble[0.1]]");
    }
  }

  @Test
  void marginScale_needsALossThatUsesMargins() {
    assertRefused(
        () -> new Ipo(Ipo.Convention.PER_TOKEN).marginScale(1.0),
        "marginScale needs a loss that uses margins, and 'ipo' does not");
    assertRefused(() -> new Dpo().marginScale(-1.0), "scale must be a finite number ≥ 0, got -1.0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, -0.1, Double.NaN})
  void lengthDesensitised_needsAlphaUpToOne(double alpha) {
    assertRefused(
        () -> new Dpo().lengthDesensitised(alpha), "ldAlpha must be in [0, 1], got " + alpha);
  }

  @Test
  void alphaDivergence_refusesAlphaOne() {
    assertRefused(
        () -> new FDivergence.Alpha(1.0),
        "alpha must not be 1, got 1.0; that is FDivergence.ReverseKl");
    assertRefused(
        () -> new FDivergence.Alpha(Double.NaN), "alpha must be a finite number, got NaN");
  }

  @Test
  void parameters_areChecked() {
    assertRefused(() -> new Cpo(-1.0), "nllWeight must be a finite number ≥ 0, got -1.0");
    assertRefused(() -> new Dpop(-1.0), "lambda must be a finite number ≥ 0, got -1.0");
    assertRefused(() -> new RDpo(-0.5), "alpha must be a finite number ≥ 0, got -0.5");
    assertRefused(() -> new SimPo(Double.NaN), "gamma must be a finite number ≥ 0, got NaN");
    assertRefused(() -> new SlicHf(0.0, 0.1), "delta must be a finite number > 0, got 0.0");
    assertRefused(() -> new SlicHf(1.0, -0.1), "nllWeight must be a finite number ≥ 0, got -0.1");
    assertRefused(
        () -> new Kto(-1.0, 1.0), "desirableWeight must be a finite number ≥ 0, got -1.0");
    assertRefused(
        () -> new Kto(1.0, Double.NaN), "undesirableWeight must be a finite number ≥ 0, got NaN");
    assertRefused(
        () -> new RewardModelLoss(-0.01), "centering must be a finite number ≥ 0, got -0.01");
    assertRefused(
        () -> new Bco.RunningShift(Double.NaN, 0), "mean must be a finite number, got NaN");
    assertRefused(() -> new Bco.RunningShift(0.0, -1), "count must be ≥ 0, got -1");
    assertRefused(
        () -> new Dpo().plus(-1.0, new Sft()), "weight must be a finite number ≥ 0, got -1.0");
    assertRefused(
        () -> WeightedSum.of(List.of()), "terms must have at least one of weight > 0, got none");
  }

  @Test
  void ktoEstimate_needsEquallyManyCompletions() {
    assertRefused(
        () -> Kto.klEstimate(LOG_PROBS, LOG_PROBS.select(0)),
        "policy and reference must have equally many completions, at least one; got 2 and 1");
    assertRefused(
        () -> Kto.klEstimate(TokenValues.of(), TokenValues.of()),
        "policy and reference must have equally many completions, at least one; got 0 and 0");
  }
}
