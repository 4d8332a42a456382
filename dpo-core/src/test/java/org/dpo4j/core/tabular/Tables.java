package org.dpo4j.core.tabular;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.LogSpace;

/** Small policies for the tests of this package: three tokens, ids 0 (the end), 1 and 2. */
final class Tables {

  static final int VOCABULARY = 3;
  static final WordTokenizer TOKENIZER = WordTokenizer.of(List.of("a", "b"));

  private Tables() {}

  static ImmutableIntArray ids(int... ids) {
    return ImmutableIntArray.copyOf(ids);
  }

  /** Logits that give 0.2, 0.3 and 0.5. */
  static double[] logits() {
    return new double[] {Math.log(2), Math.log(3), Math.log(5)};
  }

  /** A policy with random logits for every context of up to three tokens. */
  static TabularPolicy random(long seed, int contextLength) {
    SplittableRandom random = new SplittableRandom(seed);
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, contextLength);
    for (ImmutableIntArray context : contexts(Math.min(3, contextLength))) {
      policy.setLogits(context, logits(random));
    }
    return policy;
  }

  static double[] logits(SplittableRandom random) {
    double[] logits = new double[VOCABULARY];
    for (int v = 0; v < VOCABULARY; v++) {
      logits[v] = random.nextGaussian();
    }
    return logits;
  }

  /** All contexts of no more than so many tokens. */
  static List<ImmutableIntArray> contexts(int longest) {
    List<ImmutableIntArray> contexts = new ArrayList<>(List.of(ids()));
    for (int from = 0, length = 1; length <= longest; length++) {
      int until = contexts.size();
      for (; from < until; from++) {
        for (int v = 0; v < VOCABULARY; v++) {
          contexts.add(ImmutableIntArray.builder().addAll(contexts.get(from)).add(v).build());
        }
      }
    }
    return contexts;
  }

  /** Several groups, of which two share a prompt and several completions share tokens. */
  static List<PromptGroup> groups() {
    return List.of(
        PromptGroup.of(ids(1), List.of(ids(1, 2, 0), ids(1, 1, 0))),
        PromptGroup.of(ids(2), List.of(ids(0))),
        PromptGroup.of(ids(1), List.of(ids(2, 0), ids(1, 2, 0), ids(0))),
        PromptGroup.of(ids(), List.of(ids(1, 2))));
  }

  /** A different number for each token. */
  static TokenValues weights(TokenValues shape, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return shape.map((row, token) -> random.nextDouble(-1, 1));
  }

  /** Σ weight · log-prob: what a gradient of these weights is the gradient of. */
  static double weightedSum(TokenValues weights, TokenValues logProbs) {
    double sum = 0.0;
    for (int row = 0; row < weights.rows(); row++) {
      for (int token = 0; token < weights.length(row); token++) {
        sum += weights.get(row, token) * logProbs.get(row, token);
      }
    }
    return sum;
  }

  /** One step of gradient descent on a random weighted sum of log-probabilities. */
  static void trainAStep(TabularPolicy policy) {
    List<PromptGroup> groups = groups();
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(0.5));
        ForwardPass pass = policy.forward(groups, java.util.Set.of())) {
      pass.backward(weights(pass.scores().logProbs(), 9));
      optimizer.step(0.5, 1.0);
    }
  }

  /** ∂f/∂logits of one context by central differences; leaves the logits as given. */
  static double[] slopes(
      TabularPolicy policy,
      ImmutableIntArray context,
      double[] logits,
      ToDoubleFunction<TabularPolicy> f) {
    double h = 1e-5;
    double[] slopes = new double[logits.length];
    for (int v = 0; v < logits.length; v++) {
      double[] moved = logits.clone();
      moved[v] = logits[v] + h;
      policy.setLogits(context, moved);
      double above = f.applyAsDouble(policy);
      moved[v] = logits[v] - h;
      policy.setLogits(context, moved);
      slopes[v] = (above - f.applyAsDouble(policy)) / (2 * h);
    }
    policy.setLogits(context, logits);
    return slopes;
  }

  /** Softmax by the textbook. */
  static double[] softmax(double... logits) {
    double total = 0.0;
    for (double logit : logits) {
      total += Math.exp(logit);
    }
    double[] probabilities = new double[logits.length];
    for (int v = 0; v < logits.length; v++) {
      probabilities[v] = Math.exp(logits[v]) / total;
    }
    return probabilities;
  }

  static double total(double... logDistribution) {
    return Math.exp(LogSpace.logSumExp(logDistribution));
  }
}
