package org.dpo4j.core.statistics;

import com.google.common.primitives.ImmutableDoubleArray;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The win rate that answers of equal length would have: judges like length, and a policy that
 * learnt to write more wins by it. After Dubois et al. 2024 (arXiv 2404.04475, Eq. 3), without
 * their term for the difficulty of each instruction, which needs many models' answers to it:
 *
 * <pre>{@code
 * P(\text{win}_i) = \sigma(\theta + \phi\, x_i), \quad x_i = \tanh(\Delta_i / \mathrm{sd}(\Delta)), \quad
 * \text{rate} = \sigma(\theta)
 * }</pre>
 *
 * <p>Δ is the difference of lengths. Fitted by maximum likelihood with a normal prior of variance 1
 * on φ, which keeps it finite where length alone tells wins from losses; the interval is that of θ
 * (from the curvature), mapped by σ. It corrects for length as far as the logistic form holds: an
 * estimate, to stand beside the raw rate and not in its place.
 *
 * @param rate in [0, 1]
 * @param interval 95 %
 */
public record LengthControlled(double rate, Interval interval) {

  private static final int MOST_STEPS = 100;
  private static final double CONVERGED = 1e-12;

  /**
   * Estimates the rate.
   *
   * @param outcomes {@code [comparisons]} 1 for a win, ½ for a tie, 0 for a loss; at least one
   * @param lengthDifferences {@code [comparisons]} length of this answer less that of the other, in
   *     any unit
   * @return the estimate. If all were won, or all lost, length has nothing to explain: the rate is
   *     that, and the interval Wilson's
   */
  public static LengthControlled of(
      ImmutableDoubleArray outcomes, ImmutableDoubleArray lengthDifferences) {
    int n = outcomes.length();
    Check.that(
        n >= 1 && n == lengthDifferences.length(),
        "outcomes and lengthDifferences must be equally many and at least one, got %d and %d",
        n,
        lengthDifferences.length());
    double sum = outcomes.stream().sum();
    if (sum == 0 || sum == n) {
      return new LengthControlled(sum / n, Wilson.interval(sum, n));
    }
    return fit(outcomes, features(lengthDifferences));
  }

  private static double[] features(ImmutableDoubleArray differences) {
    double mean = differences.stream().average().orElse(0);
    double variance =
        differences.stream().map(value -> (value - mean) * (value - mean)).average().orElse(0);
    double deviation = Math.sqrt(variance);
    // All equal: then length explains nothing between comparisons.
    return differences.stream()
        .map(value -> deviation > 0 ? Math.tanh(value / deviation) : 0)
        .toArray();
  }

  /** Newton's method on a concave function of two variables. */
  private static LengthControlled fit(ImmutableDoubleArray outcomes, double[] x) {
    double theta = 0;
    double phi = 0;
    for (int step = 0; ; step++) {
      double gradientTheta = 0, gradientPhi = -phi, a = 0, b = 0, c = 1;
      for (int i = 0; i < x.length; i++) {
        double p = LogSpace.sigmoid(theta + phi * x[i]);
        gradientTheta += outcomes.get(i) - p;
        gradientPhi += (outcomes.get(i) - p) * x[i];
        double weight = p * (1 - p);
        a += weight;
        b += weight * x[i];
        c += weight * x[i] * x[i];
      }
      double determinant = a * c - b * b;
      double moveTheta = (c * gradientTheta - b * gradientPhi) / determinant;
      double movePhi = (a * gradientPhi - b * gradientTheta) / determinant;
      // Far from the optimum a whole step may overshoot.
      double share = Math.min(1, 2 / Math.max(Math.abs(moveTheta), Math.abs(movePhi)));
      theta += share * moveTheta;
      phi += share * movePhi;
      if (Math.abs(moveTheta) + Math.abs(movePhi) < CONVERGED || step == MOST_STEPS) {
        double error = Interval.Z * Math.sqrt(c / determinant);
        return new LengthControlled(
            LogSpace.sigmoid(theta),
            new Interval(LogSpace.sigmoid(theta - error), LogSpace.sigmoid(theta + error)));
      }
    }
  }
}
