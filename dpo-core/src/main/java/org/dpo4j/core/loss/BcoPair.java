package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Binary classifier optimization on pairs, without reward shift (Jung et al. 2024, arXiv
 * 2404.04656; TRL's {@code bco_pair}). With unpaired data and the shift it is {@link Bco}.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(r_w) - \log \sigma(-r_l), \quad r_w = \beta a,\ r_l = \beta b
 * \frac{\partial \mathcal{L}}{\partial r_w} = -\sigma(-r_w), \quad \frac{\partial \mathcal{L}}{\partial r_l} = \sigma(r_l)
 * }</pre>
 */
public record BcoPair() implements PairLoss {

  @Override
  public String name() {
    return "bco-pair";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double rw = beta * pair.chosen().logRatio();
    double rl = beta * pair.rejected().logRatio();
    return new PairTerm(
        -LogSpace.logSigmoid(rw) - LogSpace.logSigmoid(-rl),
        -beta * LogSpace.sigmoid(-rw),
        beta * LogSpace.sigmoid(rl));
  }
}
