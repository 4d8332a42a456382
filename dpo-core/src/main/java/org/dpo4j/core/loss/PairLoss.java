package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.PairBatch;

/**
 * A loss that is a function of one pair; the batch's loss is the mean over pairs, each times its
 * weight. To add a loss, write one record that implements {@link #name} and {@link #at}.
 */
public interface PairLoss extends PairObjective {

  /**
   * The loss of one pair and its derivatives with respect to the two completions'
   * log-probabilities.
   *
   * @param pair the pair
   * @param beta β, &gt; 0
   * @return value and derivatives, before the pair's weight
   */
  PairTerm at(Pair pair, double beta);

  @Override
  default LossGradient differentiate(PairBatch batch, double beta) {
    PairLoss loss = traits().handlesNoise() ? this : new LabelSmoothed(this, 0.0);
    double[] gradient = new double[2 * batch.size()];
    double total = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      double share = batch.labels().get(i).weight() / batch.totals().examples();
      PairTerm term = loss.at(batch.pair(i), beta).times(share);
      total += term.loss();
      gradient[2 * i] = term.chosen();
      gradient[2 * i + 1] = term.rejected();
    }
    return new LossGradient(total, batch.spread(gradient));
  }

  /**
   * This loss under the assumption that a share of labels is wrong, as its expectation
   * (conservative DPO).
   *
   * @param epsilon ε in [0, ½), for pairs that carry no noise of their own
   * @return the smoothed loss
   */
  default PairLoss labelSmoothing(double epsilon) {
    return new LabelSmoothed(this, epsilon);
  }

  /**
   * This loss under the assumption that a share of labels is wrong, without bias (robust DPO).
   *
   * @param epsilon ε in [0, ½), for pairs that carry no noise of their own
   * @return the corrected loss
   */
  default PairLoss robust(double epsilon) {
    return new Robust(this, epsilon);
  }

  /**
   * This loss with every pair's margin multiplied (offset DPO's α).
   *
   * @param scale units of reward per unit of margin, finite and ≥ 0
   * @return the loss with scaled margins
   * @throws IllegalArgumentException if the loss does not use margins
   */
  default PairLoss marginScale(double scale) {
    return new ScaledMargin(this, scale);
  }
}
