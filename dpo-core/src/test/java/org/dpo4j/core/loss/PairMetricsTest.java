package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.loss.Close.assertClose;

import com.google.common.collect.ImmutableMap;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;

class PairMetricsTest {

  /** Log-ratios: 0.5 (0.5, 0) against -1, and 0.25 against 0.5 (0, 0.5). */
  private static final TokenValues POLICY =
      TokenValues.of(
          new double[] {-1.0, -2.0}, new double[] {-4.0},
          new double[] {-2.0}, new double[] {-1.0, -1.0});

  private static final TokenValues REFERENCE =
      TokenValues.of(
          new double[] {-1.5, -2.0}, new double[] {-3.0},
          new double[] {-2.25}, new double[] {-1.0, -1.5});

  @Test
  void metrics_byHand() {
    Metrics metrics = new Dpo().evaluate(PairBatch.of(POLICY, REFERENCE), 0.5).metrics();

    // Rewards are half the log-ratios: 0.25 against -0.5, 0.125 against 0.25
    ImmutableMap<String, Double> expected =
        ImmutableMap.<String, Double>builder()
            .put("rewards/chosen", 0.1875)
            .put("rewards/rejected", -0.125)
            .put("rewards/accuracies", 0.5)
            .put("rewards/margins", 0.3125)
            .put("logps/chosen", -2.5)
            .put("logps/rejected", -3.0)
            .put("gradient_weight", (1 / (1 + Math.exp(0.75)) + 1 / (1 + Math.exp(-0.125))) / 2)
            .put("logratios/chosen", 0.375)
            .put("logratios/rejected", -0.25)
            .put("logratios/gap", 0.625)
            // -1.75 against -3 a token, and -2.25 against -1.25
            .put("reference_accuracies", 0.5)
            // e^-u - 1 + u of each token: u = 0.5, 0 and 0.25; u = -1, 0 and 0.5
            .put("kl/chosen", ((Math.exp(-0.5) - 0.5) + (Math.exp(-0.25) - 0.75)) / 2)
            .put("kl/rejected", ((Math.exp(1.0) - 2.0) + (Math.exp(-0.5) - 0.5)) / 2)
            .buildOrThrow();
    assertThat(metrics.names()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((name, value) -> assertClose(name, metrics.get(name), value, 1e-14, 0.0));
  }

  @Test
  void withoutReference_logProbsStandInForLogRatios() {
    Metrics metrics = new Cpo(1.0).evaluate(PairBatch.of(POLICY), 0.5).metrics();

    assertThat(metrics.names())
        .containsExactly(
            "rewards/chosen",
            "rewards/rejected",
            "rewards/accuracies",
            "rewards/margins",
            "logps/chosen",
            "logps/rejected",
            "gradient_weight");
    assertThat(metrics.get("rewards/chosen")).isEqualTo(-1.25);
    assertThat(metrics.get("rewards/rejected")).isEqualTo(-1.5);
    assertThat(metrics.get("rewards/margins")).isEqualTo(0.25);
    assertThat(metrics.get("rewards/accuracies")).isEqualTo(0.5);
  }

  @Test
  void losses_thatCompareMeans_haveMeansAsRewards() {
    Metrics metrics = new SimPo(0.5).evaluate(PairBatch.of(POLICY), 0.5).metrics();

    // Half the means: -0.75 against -2, -1 against -0.5
    assertThat(metrics.get("rewards/chosen")).isEqualTo(-0.875);
    assertThat(metrics.get("rewards/rejected")).isEqualTo(-1.25);
    assertThat(metrics.get("rewards/margins")).isEqualTo(0.375);
    assertThat(metrics.get("rewards/accuracies")).isEqualTo(0.5);
    assertThat(metrics.get("logps/chosen")).isEqualTo(-2.5);
  }

  @Test
  void aPairThatSimPoHasLearnt_countsAsLearntThoughItsSumIsLower() {
    TokenValues longChosen = TokenValues.of(new double[] {-1, -1, -1, -1}, new double[] {-2});
    Metrics metrics = new SimPo(0.0).evaluate(PairBatch.of(longChosen), 2.0).metrics();

    assertThat(metrics.get("rewards/accuracies")).isEqualTo(1.0);
    assertThat(metrics.get("rewards/margins")).isEqualTo(2.0);
    assertThat(metrics.get("gradient_weight")).isLessThan(0.2);
  }

  @Test
  void metrics_areTheSameWhateverTheLoss() {
    PairBatch batch =
        PairSample.of(POLICY, REFERENCE).withLabel(PairLabel.PLAIN.withWeight(3.0)).batch();
    Metrics expected = new Dpo().evaluate(PairBatch.of(POLICY, REFERENCE), 0.5).metrics();

    assertThat(new Dpo().evaluate(batch, 0.5).metrics()).isEqualTo(expected);
    assertThat(new Hinge().policyWeighted().evaluate(batch, 0.5).metrics()).isEqualTo(expected);
    assertThat(new Sft().plus(1.0, new Nca()).evaluate(batch, 0.5).metrics()).isEqualTo(expected);
  }
}
