package org.dpo4j.core.loss;

import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;
import org.dpo4j.core.theory.ImplicitReward;

/**
 * Binary Classifier Optimization (Jung et al. 2024, arXiv 2404.04656): a classifier of thumbs whose
 * logit is the implicit reward minus a shift.
 *
 * <pre>{@code
 * \mathcal{L}_{desirable} = -\log \sigma(r - \delta), \quad \mathcal{L}_{undesirable} = -\log \sigma(-(r - \delta)), \quad r = \beta \log \frac{\pi_\theta}{\pi_{ref}}
 * \frac{\partial \mathcal{L}_{desirable}}{\partial r} = -\sigma(\delta - r), \quad
 * \frac{\partial \mathcal{L}_{undesirable}}{\partial r} = \sigma(r - \delta)
 * }</pre>
 *
 * <p>δ is the mean reward seen so far, kept in a {@link RunningShift} and carried by the batch; no
 * gradient flows through it.
 */
public record Bco() implements UnpairedObjective {

  /**
   * The mean of all rewards seen so far. Immutable: an update returns the next one.
   *
   * @param mean δ
   * @param count rewards seen
   */
  public record RunningShift(double mean, long count) {

    /** Before any reward: δ = 0. */
    public static final RunningShift START = new RunningShift(0.0, 0);

    /** Checks the values. */
    public RunningShift {
      Check.finite("mean", mean);
      Check.that(count >= 0, "count must be ≥ 0, got %d", count);
    }

    /**
     * The shift after a batch; as in TRL the batch's own rewards are in it when its loss is taken.
     *
     * @param batch completions with their log-probabilities
     * @param beta β, &gt; 0
     * @return the mean over all rewards so far, these included
     */
    public RunningShift after(UnpairedBatch batch, double beta) {
      ImplicitReward reward = new ImplicitReward(beta);
      double sum = mean * count;
      for (int i = 0; i < batch.size(); i++) {
        sum += reward.of(batch.completion(i));
      }
      return new RunningShift(sum / (count + batch.size()), count + batch.size());
    }
  }

  @Override
  public String name() {
    return "bco";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.coupled();
  }

  @Override
  public boolean needsRewardShift() {
    return true;
  }

  @Override
  public CompletionTerm at(UnpairedBatch batch, int index, double beta) {
    double delta =
        batch
            .rewardShift()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "loss 'bco' needs a reward shift, and the batch has none; give it with withRewardShift(…)"));
    double sign = batch.isDesirable(index) ? 1.0 : -1.0;
    double z = sign * (beta * batch.completion(index).logRatio() - delta);
    return new CompletionTerm(-LogSpace.logSigmoid(z), -sign * beta * LogSpace.sigmoid(-z));
  }
}
