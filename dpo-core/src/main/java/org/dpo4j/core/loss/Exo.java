package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * Efficient Exact Optimization on pairs (Ji et al. 2024, arXiv 2402.00856, Eq. 16): the reverse KL
 * from the pair's policy distribution q to the annotator's smoothed one, p = (1 − ε, ε):
 *
 * <pre>{@code
 * \mathcal{L}_{EXO} = q \log \frac{q}{1 - \epsilon} + (1 - q) \log \frac{1 - q}{\epsilon}, \quad q = \sigma(z),\ z = \beta (a - b) - m
 * \frac{\partial \mathcal{L}}{\partial z} = q (1 - q) \Big(z + \log \frac{\epsilon}{1 - \epsilon}\Big)
 * }</pre>
 *
 * @param epsilon ε in (0, ½), for pairs that carry no noise of their own, or a noise of 0; ε = 0
 *     would make the loss infinite
 */
public record Exo(double epsilon) implements DifferenceLoss {

  /** Checks ε. */
  public Exo {
    Check.that(epsilon > 0 && epsilon < 0.5, "exo: epsilon must be in (0, 0.5), got %s", epsilon);
  }

  @Override
  public String name() {
    return "exo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins().withNoise();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double noise = pair.noise().orElse(0.0) > 0 ? pair.noise().getAsDouble() : epsilon;
    double z = beta * (pair.chosen().logRatio() - pair.rejected().logRatio()) - pair.margin();
    double q = LogSpace.sigmoid(z);
    double notQ = LogSpace.sigmoid(-z);
    double loss =
        q * (LogSpace.logSigmoid(z) - Math.log1p(-noise))
            + notQ * (LogSpace.logSigmoid(-z) - Math.log(noise));
    double slope = beta * q * notQ * (z + Math.log(noise) - Math.log1p(-noise));
    return new PairTerm(loss, slope, -slope);
  }
}
