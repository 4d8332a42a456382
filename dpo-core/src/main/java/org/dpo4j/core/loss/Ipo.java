package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;

/**
 * Identity Preference Optimization (Azar et al. 2023, arXiv 2310.12036, Eq. 17, whose τ is our β):
 *
 * <pre>{@code
 * \mathcal{L}_{IPO} = \Big(h - \frac{1}{2\beta}\Big)^2
 * \text{summed:}\ h = a - b \qquad \text{per token:}\ h = \frac{a}{|y_w|} - \frac{b}{|y_l|}
 * \frac{\partial \mathcal{L}}{\partial h} = 2 \Big(h - \frac{1}{2\beta}\Big)
 * }</pre>
 *
 * <p>The two conventions' β are not interchangeable: summed is the formula as printed and as in the
 * DPO authors' code; per token is what TRL does after asking IPO's authors.
 *
 * @param convention how a completion's log-ratio is reduced over its tokens
 */
public record Ipo(Convention convention) implements DifferenceLoss {

  /** How a completion's log-ratio is reduced over its tokens. */
  public enum Convention {
    /** The sum over tokens: the paper's formula. */
    SUMMED,
    /** The mean over tokens: TRL's. */
    PER_TOKEN
  }

  @Override
  public String name() {
    return convention == Convention.SUMMED ? "ipo-summed" : "ipo";
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    boolean perToken = convention == Convention.PER_TOKEN;
    double perChosen = perToken ? 1.0 / pair.chosen().tokens() : 1.0;
    double perRejected = perToken ? 1.0 / pair.rejected().tokens() : 1.0;
    double h = pair.chosen().logRatio() * perChosen - pair.rejected().logRatio() * perRejected;
    double error = h - 1.0 / (2.0 * beta);
    return new PairTerm(error * error, 2.0 * error * perChosen, -2.0 * error * perRejected);
  }
}
