package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Anchored Preference Optimization, zero (D'Oosterlinck et al. 2024, arXiv 2408.06266, Eq. 7), for
 * chosen completions that are better than what the model writes: raise the chosen, lower the
 * rejected.
 *
 * <pre>{@code
 * \mathcal{L} = 1 - \sigma(r_w) + \sigma(r_l), \quad r_w = \beta a,\ r_l = \beta b
 * \frac{\partial \mathcal{L}}{\partial r_w} = -\sigma'(r_w), \quad \frac{\partial \mathcal{L}}{\partial r_l} = \sigma'(r_l), \quad
 * \sigma' = \sigma (1 - \sigma)
 * }</pre>
 */
public record ApoZero() implements PairLoss {

  @Override
  public String name() {
    return "apo-zero";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double rw = beta * pair.chosen().logRatio();
    double rl = beta * pair.rejected().logRatio();
    return new PairTerm(
        LogSpace.sigmoid(-rw) + LogSpace.sigmoid(rl),
        -beta * LogSpace.sigmoid(rw) * LogSpace.sigmoid(-rw),
        beta * LogSpace.sigmoid(rl) * LogSpace.sigmoid(-rl));
  }
}
