package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;

/**
 * SimPER (Xiao et al. 2025, arXiv 2502.00883): raises the chosen completion's inverse perplexity
 * and lowers the rejected one's. No reference and no parameter; β is not used.
 *
 * <pre>{@code
 * \mathcal{L} = -\exp(x_w) + \exp(x_l), \quad x = \frac{1}{|y|} \log \pi(y \mid x)
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_w)} = -\frac{\exp(x_w)}{|y_w|}, \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_l)} = \frac{\exp(x_l)}{|y_l|}
 * }</pre>
 */
public record SimPer() implements PairLoss {

  @Override
  public String name() {
    return "simper";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE.perToken();
  }

  @Override
  public OptionalDouble usualBeta() {
    return OptionalDouble.empty();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double inversePerplexityW = Math.exp(pair.chosen().meanLogProb());
    double inversePerplexityL = Math.exp(pair.rejected().meanLogProb());
    return new PairTerm(
        inversePerplexityL - inversePerplexityW,
        -inversePerplexityW / pair.chosen().tokens(),
        inversePerplexityL / pair.rejected().tokens());
  }
}
