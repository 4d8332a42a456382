package org.dpo4j.core.loss;

import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * A divergence that holds the policy to its reference (Wang et al. 2023, f-DPO, arXiv 2309.16240).
 * With {@code u = log π/π_ref} the implicit reward becomes β times
 *
 * <pre>{@code s(u) = f'(e^u) \quad (\text{up to a constant, chosen so that } s(0) = 0)}</pre>
 *
 * instead of β·u. Exponents are clamped at 700: beyond, scores stay constant and their slope is 0.
 * That keeps numbers finite, it does not make them useful: from about 350 nats on, the square of a
 * slope is no double any more, and a trainer refuses the gradient's norm.
 */
public sealed interface FDivergence {

  /**
   * The name in messages and on the command line.
   *
   * @return e.g. {@code forward-kl}
   */
  String name();

  /**
   * The score that takes the log-ratio's place.
   *
   * @param logRatio u, in nats
   * @return s(u); s(0) = 0
   */
  double score(double logRatio);

  /**
   * The score's derivative.
   *
   * @param logRatio u, in nats
   * @return ds/du, ≥ 0
   */
  double slope(double logRatio);

  /** KL(π‖π_ref), plain DPO's: {@code s(u) = u}. */
  record ReverseKl() implements FDivergence {
    @Override
    public String name() {
      return "reverse-kl";
    }

    @Override
    public double score(double logRatio) {
      return logRatio;
    }

    @Override
    public double slope(double logRatio) {
      return 1.0;
    }
  }

  /** KL(π_ref‖π): {@code s(u) = 1 − e^−u}. */
  record ForwardKl() implements FDivergence {
    @Override
    public String name() {
      return "forward-kl";
    }

    @Override
    public double score(double logRatio) {
      return -Math.expm1(Math.min(-logRatio, LogSpace.MAX_EXPONENT));
    }

    @Override
    public double slope(double logRatio) {
      return -logRatio > LogSpace.MAX_EXPONENT ? 0.0 : Math.exp(-logRatio);
    }
  }

  /**
   * The Jensen–Shannon divergence, as f-DPO scales it (twice {@code Divergences.jensenShannon}):
   * {@code s(u) = ln 2 + log σ(u)}.
   */
  record JensenShannon() implements FDivergence {
    @Override
    public String name() {
      return "jensen-shannon";
    }

    @Override
    public double score(double logRatio) {
      return Math.log(2.0) + LogSpace.logSigmoid(logRatio);
    }

    @Override
    public double slope(double logRatio) {
      return LogSpace.sigmoid(-logRatio);
    }
  }

  /**
   * The α-divergence: {@code s(u) = (e^((α−1)u) − 1) / (α − 1)}; α → 1 is the reverse KL, α = 0 the
   * forward KL. This is TRL's α; the f-DPO paper's is 1 − α.
   *
   * @param alpha α, finite and not 1
   */
  record Alpha(double alpha) implements FDivergence {

    /** Checks α. */
    public Alpha {
      Check.finite("alpha", alpha);
      Check.that(alpha != 1.0, "alpha must not be 1, got %s; that is FDivergence.ReverseKl", alpha);
    }

    @Override
    public String name() {
      return "alpha-" + alpha;
    }

    @Override
    public double score(double logRatio) {
      return Math.expm1(Math.min((alpha - 1.0) * logRatio, LogSpace.MAX_EXPONENT)) / (alpha - 1.0);
    }

    @Override
    public double slope(double logRatio) {
      double exponent = (alpha - 1.0) * logRatio;
      return exponent > LogSpace.MAX_EXPONENT ? 0.0 : Math.exp(exponent);
    }
  }
}
