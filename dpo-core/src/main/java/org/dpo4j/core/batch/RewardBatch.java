package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableList;
import java.util.Collections;
import java.util.List;
import org.dpo4j.core.math.Check;

/**
 * Scalar rewards of preference pairs, as a reward model's head gives them.
 *
 * @param chosen {@code [pairs]} r_w
 * @param rejected {@code [pairs]} r_l
 * @param labels one a pair; margin, noise and weight are used
 * @param totals what means are taken over
 */
public record RewardBatch(
    ImmutableList<Double> chosen,
    ImmutableList<Double> rejected,
    ImmutableList<PairLabel> labels,
    Totals totals) {

  /** Checks sizes and values. */
  public RewardBatch {
    Check.that(!chosen.isEmpty(), "chosen rewards must have at least one value, got none");
    Check.that(
        chosen.size() == rejected.size() && chosen.size() == labels.size(),
        "chosen rewards, rejected rewards and labels must be equally many, got %d, %d and %d",
        chosen.size(),
        rejected.size(),
        labels.size());
    chosen.forEach(reward -> Check.finite("chosen reward", reward));
    rejected.forEach(reward -> Check.finite("rejected reward", reward));
  }

  /**
   * A whole batch of rewards without margins.
   *
   * @param chosen {@code [pairs]} r_w
   * @param rejected {@code [pairs]} r_l
   * @return the batch, its means taken over itself
   */
  public static RewardBatch of(List<Double> chosen, List<Double> rejected) {
    Check.that(!chosen.isEmpty(), "chosen rewards must have at least one value, got none");
    return new RewardBatch(
        ImmutableList.copyOf(chosen),
        ImmutableList.copyOf(rejected),
        ImmutableList.copyOf(Collections.nCopies(chosen.size(), PairLabel.PLAIN)),
        new Totals(chosen.size(), 0));
  }

  /**
   * This batch with margins and weights.
   *
   * @param newLabels one label a pair
   * @return the changed batch
   */
  public RewardBatch withLabels(List<PairLabel> newLabels) {
    return new RewardBatch(chosen, rejected, ImmutableList.copyOf(newLabels), totals);
  }

  /**
   * This batch as a part of a larger one: means are taken over the larger one's totals.
   *
   * @param newTotals the totals of all parts together, this one among them
   * @return the changed batch
   * @throws IllegalArgumentException if they are less than the batch's own
   */
  public RewardBatch within(Totals newTotals) {
    return new RewardBatch(
        chosen, rejected, labels, newTotals.covering(new Totals(chosen.size(), 0)));
  }

  /**
   * How many pairs there are.
   *
   * @return at least 1
   */
  public int size() {
    return chosen.size();
  }
}
