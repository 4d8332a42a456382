package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Noise Contrastive Alignment on pairs (Chen et al. 2024, arXiv 2402.05369), which holds up the
 * chosen completion's absolute likelihood:
 *
 * <pre>{@code
 * \mathcal{L}_{NCA} = -\log \sigma(r_w) - \tfrac12 \log \sigma(-r_w) - \tfrac12 \log \sigma(-r_l), \quad r_w = \beta a,\ r_l = \beta b
 * \frac{\partial \mathcal{L}}{\partial r_w} = -\sigma(-r_w) + \tfrac12 \sigma(r_w), \quad
 * \frac{\partial \mathcal{L}}{\partial r_l} = \tfrac12 \sigma(r_l)
 * }</pre>
 */
public record Nca() implements PairLoss {

  @Override
  public String name() {
    return "nca";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double rw = beta * pair.chosen().logRatio();
    double rl = beta * pair.rejected().logRatio();
    double loss =
        -LogSpace.logSigmoid(rw) - 0.5 * LogSpace.logSigmoid(-rw) - 0.5 * LogSpace.logSigmoid(-rl);
    return new PairTerm(
        loss,
        beta * (0.5 * LogSpace.sigmoid(rw) - LogSpace.sigmoid(-rw)),
        beta * 0.5 * LogSpace.sigmoid(rl));
  }
}
