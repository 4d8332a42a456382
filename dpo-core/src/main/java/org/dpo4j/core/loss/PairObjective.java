package org.dpo4j.core.loss;

import java.util.List;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.math.Check;

/**
 * An objective over preference pairs: a {@link PairLoss}, {@link Sft}, {@link Aot} or a composition
 * of them.
 */
public interface PairObjective extends Objective<PairBatch> {

  /**
   * The loss and its gradient, without metrics. Called by {@link #evaluate} after its checks.
   *
   * @param batch the pairs
   * @param beta β, &gt; 0
   * @return the mean loss over {@code batch.totals()} and its gradient
   */
  LossGradient differentiate(PairBatch batch, double beta);

  /**
   * Refuses a label that this objective cannot use.
   *
   * @param label what is known about a pair
   * @throws IllegalArgumentException if it can't be used; most objectives take any
   */
  default void checkLabel(PairLabel label) {}

  @Override
  default Evaluation evaluate(PairBatch batch, double beta) {
    Check.positive("beta", beta);
    Check.that(
        !traits().needsReference() || batch.hasReference(),
        "loss '%s' needs reference log-probs, and the batch has none; give them with withReference(…)",
        name());
    LossGradient result = differentiate(batch, beta);
    return new Evaluation(
        result.loss(), result.gradient(), PairMetrics.of(batch, beta, traits().perTokenRewards()));
  }

  /**
   * This objective plus a multiple of another: {@code Losses.dpo().plus(0.5, Losses.sft())}.
   *
   * @param weight the other's weight, finite and ≥ 0
   * @param other the other objective
   * @return the weighted sum
   */
  default PairObjective plus(double weight, PairObjective other) {
    return WeightedSum.of(
        List.of(new WeightedSum.Term(1.0, this), new WeightedSum.Term(weight, other)));
  }

  /**
   * This objective multiplied by a constant: {@code Losses.dpo().times(0.8).plus(0.2,
   * Losses.bcoPair())}.
   *
   * @param weight the factor, finite and ≥ 0
   * @return the scaled objective
   */
  default PairObjective times(double weight) {
    return WeightedSum.of(List.of(new WeightedSum.Term(weight, this)));
  }

  /**
   * This objective with the surplus tokens of the longer completion counted less (LD-DPO).
   *
   * @param ldAlpha α in [0, 1]: 1 changes nothing, 0 ignores the surplus
   * @return the length-desensitised objective
   */
  default PairObjective lengthDesensitised(double ldAlpha) {
    return new LengthDesensitised(this, ldAlpha);
  }

  /**
   * This objective with each pair weighted by how likely the policy itself would write it (WPO).
   *
   * @return the weighted objective; it needs {@code TokenStatistic.LOG_COLLISION}
   */
  default PairObjective policyWeighted() {
    return new PolicyWeighted(this);
  }
}
