package org.dpo4j.core.statistics;

import org.dpo4j.core.math.Check;

/**
 * The score interval of a proportion (Wilson 1927, "Probable inference, the law of succession, and
 * statistical inference", JASA 22): unlike p̂ ± z·se it stays in [0, 1] and has a width at 0 and 1.
 *
 * <pre>{@code
 * \frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}
 * }</pre>
 */
public final class Wilson {

  private Wilson() {}

  /**
   * The 95 % interval.
   *
   * @param successes in [0, n]. A tie may count as half a success: the variance of such scores is
   *     at most p(1 − p), so that the interval is then wider than it had to be, never narrower
   * @param n how many trials, ≥ 1
   * @return the interval, in [0, 1]
   */
  public static Interval interval(double successes, int n) {
    Check.atLeastOne("n", n);
    Check.that(
        successes >= 0 && successes <= n, "successes must be in [0, %d], got %s", n, successes);
    double p = successes / n;
    double z2 = Interval.Z * Interval.Z;
    double centre = p + z2 / (2.0 * n);
    double half = Interval.Z * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
    double scale = 1 + z2 / n;
    // Rounding must not leave an end on the wrong side of a proportion of 0 or 1.
    return new Interval(p == 0 ? 0 : (centre - half) / scale, p == 1 ? 1 : (centre + half) / scale);
  }
}
