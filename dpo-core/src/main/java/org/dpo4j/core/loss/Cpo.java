package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * Contrastive Preference Optimization (Xu et al. 2024, arXiv 2401.08417, Eq. 3 and the likelihood
 * term added to it): DPO with a uniform reference, plus the chosen completion's negative
 * log-likelihood, here a mean over its tokens (the paper has the sum, TRL the mean over the batch's
 * tokens; their weights are not interchangeable).
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(z) - \frac{\alpha}{|y_w|} \log \pi(y_w \mid x), \quad
 * z = \beta \big(\log \pi(y_w \mid x) - \log \pi(y_l \mid x)\big) - m
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_w)} = -\beta\, \sigma(-z) - \frac{\alpha}{|y_w|}, \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_l)} = \beta\, \sigma(-z)
 * }</pre>
 *
 * @param nllWeight α ≥ 0, the weight of the likelihood term
 */
public record Cpo(double nllWeight) implements PairLoss {

  /** Checks α. */
  public Cpo {
    Check.nonNegative("nllWeight", nllWeight);
  }

  @Override
  public String name() {
    return "cpo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double z = beta * (pair.chosen().logProb() - pair.rejected().logProb()) - pair.margin();
    double slope = beta * LogSpace.sigmoid(-z);
    double loss = -LogSpace.logSigmoid(z) - nllWeight * pair.chosen().meanLogProb();
    return new PairTerm(loss, -slope - nllWeight / pair.chosen().tokens(), slope);
  }
}
