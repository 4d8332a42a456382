package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenStatistic;

/**
 * What a run does with its data from its first step to its last, counted without computing any of
 * it. A run that ends early, is resumed, or finds log-probabilities in a file does less.
 *
 * <pre>{@code
 * TrainingPlan plan = trainer.plan(pairs);
 * System.out.println(plan.training().tokens() + " tokens in " + plan.steps() + " steps");
 * }</pre>
 *
 * @param steps optimizer steps, ≥ 1
 * @param stepsPerEpoch steps of a whole epoch, ≥ 1
 * @param evaluations of what is held out, ≥ 0
 * @param firstEpoch what is learnt from in the first epoch, as far as the run gets in it
 * @param training what is learnt from in all steps: a forward and a backward pass each
 * @param heldOut what one evaluation scores
 * @param policyScoring what the policy scores without learning from it, all evaluations included
 * @param referenceScoring what the reference computes; where its log-probabilities are cached, each
 *     example once
 * @param largest the micro-batch with the most tokens of those that are learnt from
 * @param largestHeldOut the same of those that are held out; empty where nothing is
 * @param samples some micro-batches that are learnt from, of different sizes, smallest first;
 *     {@code largest} is the last
 * @param statistics what is measured of every token beside its log-probability
 * @param reference what the policy is held to
 * @param optimizer updates it
 */
public record TrainingPlan(
    int steps,
    int stepsPerEpoch,
    int evaluations,
    Work firstEpoch,
    Work training,
    Work heldOut,
    Work policyScoring,
    Work referenceScoring,
    ImmutableList<PromptGroup> largest,
    ImmutableList<PromptGroup> largestHeldOut,
    ImmutableList<ImmutableList<PromptGroup>> samples,
    ImmutableSet<TokenStatistic> statistics,
    Reference reference,
    OptimizerSpec optimizer) {

  /**
   * What is computed, in parts.
   *
   * @param microBatches how many, ≥ 0
   * @param tokens of all of them, a prompt counted once an example, ≥ 0
   */
  public record Work(long microBatches, long tokens) {

    static final Work NONE = new Work(0, 0);

    Work plus(Work other) {
      return new Work(microBatches + other.microBatches, tokens + other.tokens);
    }

    Work times(long factor) {
      return new Work(factor * microBatches, factor * tokens);
    }
  }

  /**
   * Tokens that groups are computed as.
   *
   * @param groups a micro-batch
   * @return prompts, each once, and all completions
   */
  public static int tokens(ImmutableList<PromptGroup> groups) {
    return groups.stream().mapToInt(PromptGroup::tokens).sum();
  }
}
