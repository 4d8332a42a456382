package org.dpo4j.core.loss;

/**
 * A pair loss that depends on log-probabilities only through the difference of the two completions'
 * rewards.
 *
 * <p>Only these admit another f-divergence than the reverse KL: under f-DPO the implicit reward is
 * known up to a constant per prompt, which cancels in a difference and nowhere else.
 * Implementations must read log-probabilities only as {@code logRatio()}.
 */
public interface DifferenceLoss extends PairLoss {

  /**
   * This loss with the policy held to its reference by another divergence (f-DPO).
   *
   * @param divergence the divergence
   * @return the transformed loss
   */
  default PairLoss under(FDivergence divergence) {
    return new UnderDivergence(this, divergence);
  }
}
