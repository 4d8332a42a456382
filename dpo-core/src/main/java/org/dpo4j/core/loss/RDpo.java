package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * R-DPO: DPO with a penalty on length (Park et al. 2024, "Disentangling Length from Quality in
 * Direct Preference Optimization", arXiv 2403.19159): pairs whose chosen completion is longer pull
 * less.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(z), \quad z = \beta (a - b) + \alpha\, (|y_w| - |y_l|) - m
 * \frac{\partial \mathcal{L}}{\partial a} = -\beta\, \sigma(-z), \quad \frac{\partial \mathcal{L}}{\partial b} = \beta\, \sigma(-z)
 * }</pre>
 *
 * @param alpha α ≥ 0, the penalty per token; 0 is plain DPO
 */
public record RDpo(double alpha) implements DifferenceLoss {

  /** Checks α. */
  public RDpo {
    Check.nonNegative("alpha", alpha);
  }

  @Override
  public String name() {
    return "r-dpo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double z =
        beta * (pair.chosen().logRatio() - pair.rejected().logRatio())
            + alpha * (pair.chosen().tokens() - pair.rejected().tokens())
            - pair.margin();
    double slope = beta * LogSpace.sigmoid(-z);
    return new PairTerm(-LogSpace.logSigmoid(z), -slope, slope);
  }
}
