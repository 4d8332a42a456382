package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;

/**
 * The hinge loss on normalised likelihoods: SLiC's loss in DPO's terms (Zhao et al. 2023, arXiv
 * 2305.10425; Liu et al. 2023, RSO, arXiv 2309.06657, "hinge-norm"):
 *
 * <pre>{@code
 * \mathcal{L} = \max(0,\, 1 - z), \quad z = \beta (a - b) - m
 * \frac{\partial \mathcal{L}}{\partial a} = -\beta\, [z < 1], \quad \frac{\partial \mathcal{L}}{\partial b} = \beta\, [z < 1]
 * }</pre>
 */
public record Hinge() implements DifferenceLoss {

  @Override
  public String name() {
    return "hinge";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double z = beta * (pair.chosen().logRatio() - pair.rejected().logRatio()) - pair.margin();
    double slope = z < 1 ? beta : 0.0;
    return new PairTerm(Math.max(0.0, 1.0 - z), -slope, slope);
  }
}
