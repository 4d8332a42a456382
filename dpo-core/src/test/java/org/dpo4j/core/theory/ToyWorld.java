package org.dpo4j.core.theory;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;

/**
 * A language so small that all of it can be listed: two prompts, three tokens, and as completions
 * all nine sequences of two tokens. The end token is a token like the others here, so that the
 * completions' probabilities sum to one. Reference logits and the rewards, in [0, 0.4], are random;
 * with the smallest β in use, 0.05, r/β spans 8 nats.
 */
final class ToyWorld {

  private static final int TOKENS = 3;

  static final ImmutableList<ImmutableIntArray> PROMPTS =
      ImmutableList.of(ImmutableIntArray.of(1), ImmutableIntArray.of(2));
  static final ImmutableList<ImmutableIntArray> COMPLETIONS = everyCompletion();

  /** A comparison of two completions, with what is known of it. */
  record Comparison(int prompt, int chosen, int rejected, PairLabel label) {
    PromptGroup group() {
      return ToyWorld.group(prompt, chosen, rejected);
    }
  }

  private final TabularPolicy policy;
  private final TokenScorer reference;
  private final double[][] rewards = new double[PROMPTS.size()][COMPLETIONS.size()];

  /** A world, its policy still equal to its reference. */
  ToyWorld(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    policy = TabularPolicy.of(WordTokenizer.of(List.of("a", "b")));
    for (int x = 0; x < PROMPTS.size(); x++) {
      ImmutableIntArray prompt = PROMPTS.get(x);
      policy.setLogits(prompt, RandomDistribution.logProbs(random, TOKENS));
      for (int first = 0; first < TOKENS; first++) {
        ImmutableIntArray context = ImmutableIntArray.of(prompt.get(0), first);
        policy.setLogits(context, RandomDistribution.logProbs(random, TOKENS));
      }
      rewards[x] = random.doubles(COMPLETIONS.size(), 0.0, 0.4).toArray();
    }
    reference = policy.frozenCopy();
  }

  TabularPolicy policy() {
    return policy;
  }

  TokenScorer reference() {
    return reference;
  }

  double reward(int prompt, int completion) {
    return rewards[prompt][completion];
  }

  double[] rewards(int prompt) {
    return rewards[prompt].clone();
  }

  /** {@code [completions]} log π(y|x) of every completion. */
  static double[] logProbs(TokenScorer scorer, int prompt) {
    TokenValues scores = scorer.logProbs(List.of(PromptGroup.of(PROMPTS.get(prompt), COMPLETIONS)));
    double[] sums = new double[scores.rows()];
    for (int y = 0; y < sums.length; y++) {
      sums[y] = scores.sum(y);
    }
    return sums;
  }

  ClosedFormOptimum optimum(int prompt, double beta) {
    return ClosedFormOptimum.of(logProbs(reference, prompt), rewards[prompt], beta);
  }

  /** KL(π‖π*) of the prompt for which it is largest. */
  double divergenceFromOptimum(double beta) {
    double worst = 0.0;
    for (int x = 0; x < PROMPTS.size(); x++) {
      worst = Math.max(worst, optimum(x, beta).divergenceOf(logProbs(policy, x)));
    }
    return worst;
  }

  /** E_π[r] for one prompt. */
  double expectedReward(int prompt) {
    double[] logProbs = logProbs(policy, prompt);
    double expected = 0.0;
    for (int y = 0; y < logProbs.length; y++) {
      expected += Math.exp(logProbs[y]) * rewards[prompt][y];
    }
    return expected;
  }

  /**
   * Every pair of every prompt once, told by its likelier side, with the exact probability that the
   * other side wins as its noise.
   */
  List<Comparison> exactComparisons() {
    List<Comparison> comparisons = new ArrayList<>();
    forEachPair(
        (x, i, j) -> {
          double p = BradleyTerry.probability(rewards[x][i], rewards[x][j]);
          comparisons.add(
              p > 0.5
                  ? new Comparison(x, i, j, PairLabel.PLAIN.withNoise(1 - p))
                  : new Comparison(x, j, i, PairLabel.PLAIN.withNoise(p)));
        });
    return comparisons;
  }

  /**
   * Every pair judged a number of times by a Bradley–Terry judge; each side's share of wins is its
   * weight.
   */
  List<Comparison> sampledComparisons(int draws, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Comparison> comparisons = new ArrayList<>();
    forEachPair(
        (x, i, j) -> {
          double p = BradleyTerry.probability(rewards[x][i], rewards[x][j]);
          int wins = 0;
          for (int draw = 0; draw < draws; draw++) {
            wins += random.nextDouble() < p ? 1 : 0;
          }
          double share = (double) wins / draws;
          comparisons.add(new Comparison(x, i, j, PairLabel.PLAIN.withWeight(share)));
          comparisons.add(new Comparison(x, j, i, PairLabel.PLAIN.withWeight(1 - share)));
        });
    return comparisons;
  }

  static PromptGroup group(int prompt, int... completions) {
    List<ImmutableIntArray> chosen = new ArrayList<>();
    for (int y : completions) {
      chosen.add(COMPLETIONS.get(y));
    }
    return PromptGroup.of(PROMPTS.get(prompt), chosen);
  }

  /**
   * Full-batch Adam whose learning rate falls geometrically to a hundredth: large at first, since
   * log-ratios have nats to go, and small at last, to end at the minimum. β₂ = 0.99, so that the
   * second moment forgets the first steps' gradients within the run.
   *
   * @return each step's evaluation, taken before the step
   */
  static List<Evaluation> train(
      TabularPolicy policy,
      List<PromptGroup> groups,
      int steps,
      Function<TokenValues, Evaluation> objective) {
    AdamW adam = AdamW.learningRate(0.5).betas(0.9, 0.99);
    return train(
        policy,
        groups,
        adam,
        steps,
        step -> adam.learningRate() * Math.pow(0.01, (double) step / steps),
        objective);
  }

  /** Full-batch training with a learning rate for each step. */
  static List<Evaluation> train(
      TabularPolicy policy,
      List<PromptGroup> groups,
      OptimizerSpec spec,
      int steps,
      IntToDoubleFunction learningRate,
      Function<TokenValues, Evaluation> objective) {
    List<Evaluation> evaluations = new ArrayList<>();
    try (Optimizer optimizer = policy.optimizer(spec)) {
      for (int step = 0; step < steps; step++) {
        try (ForwardPass pass = policy.forward(groups, Set.of())) {
          Evaluation evaluation = objective.apply(pass.scores().logProbs());
          pass.backward(evaluation.gradient());
          optimizer.step(learningRate.applyAsDouble(step), 1.0);
          evaluations.add(evaluation);
        }
      }
    }
    return evaluations;
  }

  private interface PairVisitor {
    void visit(int prompt, int first, int second);
  }

  private static void forEachPair(PairVisitor visitor) {
    for (int x = 0; x < PROMPTS.size(); x++) {
      for (int i = 0; i < COMPLETIONS.size(); i++) {
        for (int j = i + 1; j < COMPLETIONS.size(); j++) {
          visitor.visit(x, i, j);
        }
      }
    }
  }

  private static ImmutableList<ImmutableIntArray> everyCompletion() {
    ImmutableList.Builder<ImmutableIntArray> completions = ImmutableList.builder();
    for (int first = 0; first < TOKENS; first++) {
      for (int second = 0; second < TOKENS; second++) {
        completions.add(ImmutableIntArray.of(first, second));
      }
    }
    return completions.build();
  }
}
