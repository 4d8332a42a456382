package org.dpo4j.core.theory;

import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * Estimators of {@code KL(π‖π_ref)} from samples {@code y ∼ π} (Schulman 2020, "Approximating KL
 * Divergence"), with {@code u = log π(y)/π_ref(y)}.
 *
 * <p>On completions that were not drawn from π, such as a preference data set's, none of them
 * estimates the KL; k3 is then still a non-negative measure of how far the policy has moved on
 * those completions.
 */
public enum KlEstimator {
  /** {@code u}: unbiased, of either sign, high variance. */
  K1,
  /** {@code u²/2}: biased, ≥ 0, low variance. */
  K2,
  /**
   * {@code e^−u − 1 + u}: unbiased, ≥ 0, low variance while π and π_ref are close. The exponent is
   * clamped at 700.
   */
  K3;

  /**
   * The estimate from one sample.
   *
   * @param logRatio u, in nats
   * @return the estimate, in nats
   */
  public double of(double logRatio) {
    return switch (this) {
      case K1 -> logRatio;
      case K2 -> 0.5 * logRatio * logRatio;
      case K3 ->
          -logRatio > LogSpace.MAX_EXPONENT
              ? LogSpace.expClamped(-logRatio)
              : Math.expm1(-logRatio) + logRatio;
    };
  }

  /**
   * The mean estimate from several samples.
   *
   * @param logRatios {@code [samples]} u of each, at least one
   * @return the estimate, in nats
   * @throws IllegalArgumentException if there are no samples
   */
  public double mean(double... logRatios) {
    Check.that(logRatios.length >= 1, "logRatios must have at least one sample, got none");
    double sum = 0.0;
    for (double logRatio : logRatios) {
      sum += of(logRatio);
    }
    return sum / logRatios.length;
  }
}
