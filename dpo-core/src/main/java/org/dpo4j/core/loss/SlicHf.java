package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;

/**
 * Sequence Likelihood Calibration from human feedback (Zhao et al. 2023, arXiv 2305.10425, Eq. 1):
 * a hinge on log-probabilities and a likelihood term, which the paper takes of the SFT target and
 * pairs alone take of the chosen completion. β is not used.
 *
 * <pre>{@code
 * \mathcal{L} = \max\big(0,\, \delta - \log \pi(y_w \mid x) + \log \pi(y_l \mid x)\big) - \lambda \log \pi(y_w \mid x)
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_w)} = -[\ldots > 0] - \lambda, \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_l)} = [\ldots > 0]
 * }</pre>
 *
 * @param delta δ &gt; 0, the margin in nats
 * @param nllWeight λ ≥ 0, the weight of the likelihood term
 */
public record SlicHf(double delta, double nllWeight) implements PairLoss {

  /** Checks δ and λ. */
  public SlicHf {
    Check.positive("delta", delta);
    Check.nonNegative("nllWeight", nllWeight);
  }

  @Override
  public String name() {
    return "slic-hf";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE;
  }

  @Override
  public OptionalDouble usualBeta() {
    return OptionalDouble.empty();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double w = pair.chosen().logProb();
    double violation = delta - w + pair.rejected().logProb();
    double active = violation > 0 ? 1.0 : 0.0;
    return new PairTerm(Math.max(0.0, violation) - nllWeight * w, -active - nllWeight, active);
  }
}
