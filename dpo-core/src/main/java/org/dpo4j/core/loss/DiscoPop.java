package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * DiscoPOP, the log-ratio-modulated loss found by a language model (Lu et al. 2024, arXiv
 * 2406.08414, Eq. 5): a blend of the logistic and the exponential loss:
 *
 * <pre>{@code
 * \mathcal{L} = (1 - \mu)\, (-\log \sigma(z)) + \mu\, e^{-z}, \quad \mu = \sigma(z / \tau),\ z = \beta (a - b) - m
 * \frac{\partial \mathcal{L}}{\partial z} = \mu' \big(\log \sigma(z) + e^{-z}\big) - (1 - \mu)\, \sigma(-z) - \mu\, e^{-z}, \quad
 * \mu' = \mu (1 - \mu) / \tau
 * }</pre>
 *
 * @param tau τ in (0, 1], the temperature of the blend; 0.05 in the paper
 */
public record DiscoPop(double tau) implements DifferenceLoss {

  /** Checks τ. */
  public DiscoPop {
    Check.that(tau > 0 && tau <= 1, "tau must be in (0, 1], got %s", tau);
  }

  @Override
  public String name() {
    return "discopop";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double z = beta * (pair.chosen().logRatio() - pair.rejected().logRatio()) - pair.margin();
    double mu = LogSpace.sigmoid(z / tau);
    double notMu = LogSpace.sigmoid(-z / tau);
    // For very negative z, µ vanishes at least as fast as e^−z grows (τ ≤ 1): their product is
    // taken
    // in log space.
    double muExp = Math.exp(LogSpace.logSigmoid(z / tau) - z);
    double loss = -notMu * LogSpace.logSigmoid(z) + muExp;
    double slope =
        beta
            * (notMu * (mu * LogSpace.logSigmoid(z) + muExp) / tau
                - notMu * LogSpace.sigmoid(-z)
                - muExp);
    return new PairTerm(loss, slope, -slope);
  }
}
