package org.dpo4j.torch.internal.peft;

import org.dpo4j.core.math.Check;

/**
 * What an adapter's product is multiplied by: α/r (Hu et al. 2021, arXiv 2106.09685), or, rank
 * stabilized, α/√r (Kalajdzievski 2023, arXiv 2312.03732).
 *
 * @param rank r, in [1, {@value #MAX_RANK}]
 * @param alpha α, in (0, {@value #MAX_ALPHA}]
 * @param rankStabilized whether the root is taken
 */
public record LoraScale(int rank, double alpha, boolean rankStabilized) {

  /** Far beyond what is used. */
  public static final int MAX_RANK = 65_536;

  /** Far beyond what is used. */
  public static final double MAX_ALPHA = 1e9;

  /** Checks the ranges. */
  public LoraScale {
    check(rank, alpha);
  }

  /**
   * Checks the ranges.
   *
   * @param rank r
   * @param alpha α
   * @throws IllegalArgumentException if one is outside
   */
  public static void check(int rank, double alpha) {
    Check.that(rank >= 1 && rank <= MAX_RANK, "rank must be in [1, %d], got %d", MAX_RANK, rank);
    Check.that(
        alpha > 0 && alpha <= MAX_ALPHA, "alpha must be in (0, %s], got %s", MAX_ALPHA, alpha);
  }

  /**
   * The factor.
   *
   * @return greater than 0
   */
  public double value() {
    return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
  }
}
