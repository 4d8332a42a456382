package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;

/**
 * One step on one pair: prompt x, chosen " w", rejected " l", each followed by the end, over the
 * vocabulary of V = 4 tokens {@code <end>, x, w, l}.
 *
 * <p>The policy is uniform, so a completion of two tokens has log-probability −2 ln 4. With s = β
 * σ(−z) the gradient of DPO is, by context: x: −s (e_w − ¼) + s (e_l − ¼), of squared norm 2s²; x w
 * and x l: ∓s (e_end − ¼), of squared norm ¾ s² each. Its norm is s √3.5.
 */
class TrainingStepTest {

  private static final double LN2 = Math.log(2);
  private static final double BETA = 0.5;
  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("x w l"));
  private static final PreferenceDataset PAIR =
      PreferenceDataset.of(PreferencePair.of("x", " w", " l"));

  /** After x: w with ½, l with ⅛; else uniform. So log-ratios are −ln 2 and ln 2. */
  private static TabularPolicy reference() {
    TabularPolicy reference = TabularPolicy.of(WORDS);
    reference.setLogits(ImmutableIntArray.of(1), -3 * LN2, -2 * LN2, -LN2, -3 * LN2);
    return reference;
  }

  private static DpoTrainer.Builder trainer() {
    return Toy.trainer(TabularPolicy.of(WORDS)).beta(BETA);
  }

  /** Means with loss, reward, KL and so on of the first step, by hand. */
  private static Map<String, Double> atReference() {
    // z = β(−ln 2 − ln 2) = −ln 2 at β = ½, σ(−z) = ⅔ and the loss is −ln σ(−ln 2) = ln 3.
    // k3(u) = e^−u − 1 + u: 1 − ln 2 at u = −ln 2, and ln 2 − ½ at u = ln 2.
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rewards/chosen", -BETA * LN2);
    metrics.put("rewards/rejected", BETA * LN2);
    metrics.put("rewards/accuracies", 0.0);
    metrics.put("rewards/margins", -LN2);
    metrics.put("logps/chosen", -4 * LN2);
    metrics.put("logps/rejected", -4 * LN2);
    metrics.put("gradient_weight", 2.0 / 3);
    metrics.put("logratios/chosen", -LN2);
    metrics.put("logratios/rejected", LN2);
    metrics.put("logratios/gap", -2 * LN2);
    metrics.put("reference_accuracies", 1.0);
    metrics.put("kl/chosen", 1 - LN2);
    metrics.put("kl/rejected", LN2 - 0.5);
    return metrics;
  }

  private static void assertMetrics(Metrics actual, Map<String, Double> expected) {
    assertThat(actual.names()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, value) -> assertThat(actual.get(name)).as(name).isCloseTo(value, within(1e-12)));
  }

  @Test
  void reportsMetricsWithTheseNamesInThisOrder() {
    Metrics metrics =
        trainer().reference(Reference.model(reference())).build().train(PAIR).finalMetrics();

    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("loss", Math.log(3));
    expected.put("grad_norm", BETA * 2 / 3 * Math.sqrt(3.5));
    expected.put("learning_rate", 0.5);
    expected.put("epoch", 1.0);
    expected.put("num_tokens", 5.0);
    expected.putAll(atReference());
    assertMetrics(metrics, expected);
  }

  @Test
  void reportsTheSameUnderEvalNamesForHeldOutPairs() {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    // A step on a pair of other contexts leaves the held-out pair as it was.
    PreferenceDataset other = PreferenceDataset.of(PreferencePair.of(" w", " w", " l"));

    Metrics metrics =
        Toy.trainer(policy)
            .beta(BETA)
            .reference(Reference.model(reference()))
            .evaluation(PAIR)
            .build()
            .train(other)
            .finalEvaluation();

    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("eval_loss", Math.log(3));
    atReference().forEach((name, value) -> expected.put("eval_" + name, value));
    assertMetrics(metrics, expected);
  }

  @Test
  void leavesOutRatiosWithoutAReference() {
    Metrics metrics = trainer().loss(Losses.sft()).build().train(PAIR).finalMetrics();

    assertThat(metrics.names())
        .containsExactly(
            "loss",
            "grad_norm",
            "learning_rate",
            "epoch",
            "num_tokens",
            "rewards/chosen",
            "rewards/rejected",
            "rewards/accuracies",
            "rewards/margins",
            "logps/chosen",
            "logps/rejected",
            "gradient_weight");
    // Without a reference a reward is β·log-prob.
    assertThat(metrics.get("rewards/chosen")).isCloseTo(-BETA * 4 * LN2, within(1e-12));
  }

  @Test
  void countsEpochsAndTokens() {
    PreferenceDataset pairs = Toy.pairs(11);

    TrainingReport report =
        Toy.trainer(Toy.uniform()).shuffle(false).batchSize(4).epochs(2).build().train(pairs);

    assertThat(report.history("epoch"))
        .containsExactly(new double[] {1.0 / 3, 2.0 / 3, 1, 4.0 / 3, 5.0 / 3, 2}, within(1e-15));
    double first = tokens(pairs.range(0, 4));
    double second = first + tokens(pairs.range(4, 8));
    double all = second + tokens(pairs.range(8, 11));
    assertThat(report.history("num_tokens"))
        .containsExactly(first, second, all, all + first, all + second, 2 * all);
  }

  private static double tokens(PreferenceDataset pairs) {
    return Toy.tokens(pairs).stream().mapToInt(PromptGroup::tokens).sum();
  }

  @Test
  void clipsTheUpdateToTheGreatestNorm() {
    double norm = BETA / 2 * Math.sqrt(3.5);

    for (double greatest : new double[] {1e-3, 0.1}) {
      TabularPolicy policy = TabularPolicy.of(WORDS);
      TrainingReport report =
          Toy.trainer(policy)
              .beta(BETA)
              .optimizer(Sgd.learningRate(0.7))
              .maxGradNorm(greatest)
              .build()
              .train(PAIR);

      assertThat(report.finalMetrics().get("grad_norm")).isCloseTo(norm, within(1e-12));
      assertThat(parameterNorm(policy))
          .isCloseTo(0.7 * greatest * norm / (norm + 1e-6), within(1e-12));
    }
  }

  @Test
  void clipsToANormOfOneByDefault() {
    double norm = 100 * BETA / 2 * Math.sqrt(3.5);
    TabularPolicy policy = TabularPolicy.of(WORDS);

    DpoTrainer.builder()
        .policy(policy)
        .beta(BETA)
        .optimizer(Sgd.learningRate(0.7))
        .build()
        .train(PAIR.map(pair -> pair.withWeight(100)));

    assertThat(parameterNorm(policy)).isCloseTo(0.7 * norm / (norm + 1e-6), within(1e-12));
  }

  @Test
  void leavesSmallerGradientsAsTheyAre() {
    double norm = BETA / 2 * Math.sqrt(3.5);

    for (double greatest : new double[] {0.5, Double.POSITIVE_INFINITY}) {
      TabularPolicy policy = TabularPolicy.of(WORDS);
      Toy.trainer(policy)
          .beta(BETA)
          .optimizer(Sgd.learningRate(0.7))
          .maxGradNorm(greatest)
          .build()
          .train(PAIR);

      assertThat(parameterNorm(policy)).isCloseTo(0.7 * norm, within(1e-12));
    }
  }

  /**
   * The norm of the logits. They start at zero and a softmax gradient sums to zero, so they are the
   * log-probabilities less their mean.
   */
  private static double parameterNorm(TabularPolicy policy) {
    double squares = 0.0;
    for (ImmutableIntArray context :
        List.of(ImmutableIntArray.of(1), ImmutableIntArray.of(1, 2), ImmutableIntArray.of(1, 3))) {
      double[] logProbs = policy.logDistribution(context);
      double mean = Arrays.stream(logProbs).average().orElseThrow();
      squares += Arrays.stream(logProbs).map(x -> (x - mean) * (x - mean)).sum();
    }
    return Math.sqrt(squares);
  }
}
