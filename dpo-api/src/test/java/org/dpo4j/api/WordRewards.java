package org.dpo4j.api;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardPass;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.TrainableRewardScorer;
import org.dpo4j.core.tabular.WordTokenizer;

/** A reward model in plain Java: each word has a worth, which a completion's reward adds up. */
final class WordRewards implements TrainableRewardScorer {

  private final WordTokenizer tokenizer;
  private final double[] worth;
  private final double[] gradient;

  /** Learning rates and gradient scales of the steps so far. */
  final List<double[]> steps = new ArrayList<>();

  WordRewards(WordTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.worth = new double[tokenizer.vocabulary().size()];
    this.gradient = new double[worth.length];
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public ImmutableDoubleArray rewards(List<PromptGroup> groups) {
    return ImmutableDoubleArray.copyOf(
        completions(groups).stream()
            .mapToDouble(completion -> completion.stream().mapToDouble(id -> worth[id]).sum()));
  }

  private static List<ImmutableIntArray> completions(List<PromptGroup> groups) {
    return groups.stream().flatMap(group -> group.completions().stream()).toList();
  }

  @Override
  public RewardPass forward(List<PromptGroup> groups) {
    return new RewardPass() {
      @Override
      public ImmutableDoubleArray rewards() {
        return WordRewards.this.rewards(groups);
      }

      @Override
      public void backward(ImmutableDoubleArray slopes) {
        for (int i = 0; i < slopes.length(); i++) {
          double slope = slopes.get(i);
          completions(groups).get(i).stream().forEach(id -> gradient[id] += slope);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Optimizer optimizer(OptimizerSpec spec) {
    return new Optimizer() {
      @Override
      public double gradientNorm() {
        double squares = 0;
        for (double one : gradient) {
          squares += one * one;
        }
        return Math.sqrt(squares);
      }

      @Override
      public void step(double learningRate, double gradientScale) {
        steps.add(new double[] {learningRate, gradientScale});
        for (int id = 0; id < worth.length; id++) {
          worth[id] -= learningRate * gradientScale * gradient[id];
        }
        discardGradients();
      }

      @Override
      public void discardGradients() {
        Arrays.fill(gradient, 0);
      }

      @Override
      public void close() {}
    };
  }
}
