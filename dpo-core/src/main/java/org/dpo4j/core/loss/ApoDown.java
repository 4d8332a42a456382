package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Anchored Preference Optimization, down (D'Oosterlinck et al. 2024, arXiv 2408.06266, Eq. 8), for
 * chosen completions that are worse than what the model writes: lower both, the rejected more.
 *
 * <pre>{@code
 * \mathcal{L} = \sigma(r_w) + 1 - \sigma(r_w - r_l), \quad r_w = \beta a,\ r_l = \beta b
 * \frac{\partial \mathcal{L}}{\partial r_w} = \sigma'(r_w) - \sigma'(r_w - r_l), \quad
 * \frac{\partial \mathcal{L}}{\partial r_l} = \sigma'(r_w - r_l), \quad \sigma' = \sigma (1 - \sigma)
 * }</pre>
 */
public record ApoDown() implements PairLoss {

  @Override
  public String name() {
    return "apo-down";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double rw = beta * pair.chosen().logRatio();
    double z = rw - beta * pair.rejected().logRatio();
    double slopeW = LogSpace.sigmoid(rw) * LogSpace.sigmoid(-rw);
    double slopeZ = LogSpace.sigmoid(z) * LogSpace.sigmoid(-z);
    return new PairTerm(
        LogSpace.sigmoid(rw) + LogSpace.sigmoid(-z), beta * (slopeW - slopeZ), beta * slopeZ);
  }
}
