package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.theory.ImplicitReward;

/**
 * An objective over completions that were each judged alone; the batch's loss is the mean over
 * examples, each times its weight.
 */
public interface UnpairedObjective extends Objective<UnpairedBatch> {

  /**
   * The loss of one completion and its derivative.
   *
   * @param loss L
   * @param slope ∂L/∂log π_θ(y|x)
   */
  record CompletionTerm(double loss, double slope) {}

  /**
   * The loss of one example.
   *
   * @param batch the batch it is in
   * @param index the example, from 0
   * @param beta β, &gt; 0
   * @return value and derivative, before the example's weight
   * @throws IllegalArgumentException if the batch lacks something the method needs
   */
  CompletionTerm at(UnpairedBatch batch, int index, double beta);

  /**
   * Whether batches must carry an estimate of KL(π_θ‖π_ref).
   *
   * @return false unless overridden
   */
  default boolean needsKlEstimate() {
    return false;
  }

  /**
   * Whether batches must carry the running mean of rewards.
   *
   * @return false unless overridden
   */
  default boolean needsRewardShift() {
    return false;
  }

  @Override
  default Evaluation evaluate(UnpairedBatch batch, double beta) {
    Check.positive("beta", beta);
    double[] slopes = new double[batch.size()];
    double loss = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      double share = batch.weight(i) / batch.totals().examples();
      CompletionTerm term = at(batch, i, beta);
      loss += share * term.loss();
      slopes[i] = share * term.slope();
    }
    return new Evaluation(
        loss, batch.policy().map((row, token) -> slopes[row]), metrics(batch, beta));
  }

  /**
   * Means over the desirable and over the undesirable examples; a side without examples has no
   * metrics.
   */
  private static Metrics metrics(UnpairedBatch batch, double beta) {
    ImplicitReward reward = new ImplicitReward(beta);
    Metrics metrics = shared(batch);
    for (int i = 0; i < batch.size(); i++) {
      String side = batch.isDesirable(i) ? "chosen" : "rejected";
      metrics =
          metrics.merge(
              Metrics.NONE
                  .with("rewards/" + side, reward.of(batch.completion(i)))
                  .with("logps/" + side, batch.completion(i).logProb())
                  .with("logratios/" + side, batch.completion(i).logRatio()));
    }
    return metrics;
  }

  private static Metrics shared(UnpairedBatch batch) {
    Metrics metrics = Metrics.NONE;
    if (batch.klEstimate().isPresent()) {
      metrics = metrics.with("kl", Math.max(0.0, batch.klEstimate().getAsDouble()));
    }
    return batch.rewardShift().isPresent()
        ? metrics.with("reward_shift", batch.rewardShift().getAsDouble())
        : metrics;
  }
}
