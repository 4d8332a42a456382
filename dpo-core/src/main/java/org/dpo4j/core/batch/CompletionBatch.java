package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableList;
import java.util.Collections;
import java.util.List;
import org.dpo4j.core.math.Check;

/**
 * Completions to imitate, with their token log-probabilities. Row {@code i} is example {@code i}.
 * Immutable; each {@code with…} returns a changed copy.
 *
 * @param policy {@code [examples][tokens]} log-probabilities under the policy
 * @param weights one an example, ≥ 0; multiplies the loss of each of its tokens
 * @param totals what means are taken over; its target tokens are all tokens of all rows
 */
public record CompletionBatch(TokenValues policy, ImmutableList<Double> weights, Totals totals) {

  /** Checks sizes and values. */
  public CompletionBatch {
    Check.that(policy.rows() > 0, "policy log-probs must have at least one completion, got none");
    policy.requireLogProbs("policy log-prob");
    Check.that(
        weights.size() == policy.rows(),
        "weights must be one an example: %d examples, got %d",
        policy.rows(),
        weights.size());
    weights.forEach(weight -> Check.nonNegative("weight", weight));
    totals = totals.covering(new Totals(policy.rows(), policy.tokens()));
  }

  /**
   * Completions that all count alike.
   *
   * @param policy {@code [examples][tokens]} log-probabilities under the policy
   * @return the batch; every example has weight 1
   * @throws IllegalArgumentException if there is no example, a completion is empty, or a value is
   *     positive, NaN or infinite
   */
  public static CompletionBatch of(TokenValues policy) {
    Check.that(policy.rows() > 0, "policy log-probs must have at least one completion, got none");
    return new CompletionBatch(
        policy,
        ImmutableList.copyOf(Collections.nCopies(policy.rows(), 1.0)),
        new Totals(policy.rows(), policy.tokens()));
  }

  /**
   * This batch with a weight for each example.
   *
   * @param newWeights one an example, each finite and ≥ 0
   * @return the changed batch
   * @throws IllegalArgumentException if there are not as many weights as examples, or one is out of
   *     range
   */
  public CompletionBatch withWeights(List<Double> newWeights) {
    return new CompletionBatch(policy, ImmutableList.copyOf(newWeights), totals);
  }

  /**
   * This batch as a part of a larger one: means are taken over the larger one's totals.
   *
   * @param newTotals the totals of all parts together, this one among them
   * @return the changed batch
   * @throws IllegalArgumentException if they are less than the batch's own
   */
  public CompletionBatch within(Totals newTotals) {
    return new CompletionBatch(policy, weights, newTotals);
  }

  /**
   * How many examples there are.
   *
   * @return at least 1
   */
  public int size() {
    return policy.rows();
  }
}
