package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * DPO-positive (Pal et al. 2024, Smaug, arXiv 2402.13228, as corrected in July 2024): DPO with a
 * penalty once the chosen completion becomes less likely than under the reference, the failure that
 * plain DPO's loss does not show.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(z), \quad z = \beta \big[a - b - \lambda \max(0, -a)\big] - m
 * \frac{\partial \mathcal{L}}{\partial a} = -\beta\, \sigma(-z)\, \big(1 + \lambda [a < 0]\big), \quad
 * \frac{\partial \mathcal{L}}{\partial b} = \beta\, \sigma(-z)
 * }</pre>
 *
 * @param lambda λ ≥ 0; the paper uses 50 and calls [5, 500] equivalent
 */
public record Dpop(double lambda) implements PairLoss {

  /** Checks λ. */
  public Dpop {
    Check.nonNegative("lambda", lambda);
  }

  @Override
  public String name() {
    return "dpop";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double a = pair.chosen().logRatio();
    double b = pair.rejected().logRatio();
    double z = beta * (a - b - lambda * Math.max(0.0, -a)) - pair.margin();
    double slope = beta * LogSpace.sigmoid(-z);
    return new PairTerm(-LogSpace.logSigmoid(z), a < 0 ? -slope * (1.0 + lambda) : -slope, slope);
  }
}
