package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Direct Preference Optimization (Rafailov et al. 2023, arXiv 2305.18290, Eq. 7):
 *
 * <pre>{@code
 * \mathcal{L}_{DPO} = -\log \sigma(z), \quad
 * z = \beta \log \frac{\pi_\theta(y_w \mid x)}{\pi_{ref}(y_w \mid x)} - \beta \log \frac{\pi_\theta(y_l \mid x)}{\pi_{ref}(y_l \mid x)} - m
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_w)} = -\beta\, \sigma(-z), \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_l)} = \beta\, \sigma(-z)
 * }</pre>
 *
 * <p>The pair's margin m is 0 in the paper; with ratings it is the offset of ODPO (Amini et al.
 * 2024, arXiv 2402.10571).
 */
public record Dpo() implements DifferenceLoss {

  @Override
  public String name() {
    return "dpo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double z = beta * (pair.chosen().logRatio() - pair.rejected().logRatio()) - pair.margin();
    double slope = beta * LogSpace.sigmoid(-z);
    return new PairTerm(-LogSpace.logSigmoid(z), -slope, slope);
  }
}
