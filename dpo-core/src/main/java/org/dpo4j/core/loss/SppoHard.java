package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;

/**
 * Self-Play Preference Optimization with hard labels (Wu et al. 2024, arXiv 2405.00675, Eq. 4.7
 * with P = 1 for the winner and 0 for the loser):
 *
 * <pre>{@code
 * \mathcal{L} = \Big(a - \frac{1}{2\beta}\Big)^2 + \Big(b + \frac{1}{2\beta}\Big)^2
 * \frac{\partial \mathcal{L}}{\partial a} = 2 \Big(a - \frac{1}{2\beta}\Big), \quad
 * \frac{\partial \mathcal{L}}{\partial b} = 2 \Big(b + \frac{1}{2\beta}\Big)
 * }</pre>
 */
public record SppoHard() implements PairLoss {

  @Override
  public String name() {
    return "sppo-hard";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double target = 1.0 / (2.0 * beta);
    double errorW = pair.chosen().logRatio() - target;
    double errorL = pair.rejected().logRatio() + target;
    return new PairTerm(errorW * errorW + errorL * errorL, 2.0 * errorW, 2.0 * errorL);
  }
}
