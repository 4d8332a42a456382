package org.dpo4j.core.statistics;

import org.dpo4j.core.math.Check;

/**
 * The difference of two proportions measured on the same trials (Newcombe 1998, "Improved
 * confidence intervals for the difference between binomial proportions based on paired data",
 * Statistics in Medicine 17, method 10): Wilson's intervals of both, put together under their
 * correlation φ.
 *
 * <pre>{@code
 * \hat\theta - \sqrt{(p_1 - l_1)^2 - 2 \hat\phi (p_1 - l_1)(u_2 - p_2) + (u_2 - p_2)^2}, \quad
 * \hat\theta + \sqrt{(u_1 - p_1)^2 - 2 \hat\phi (u_1 - p_1)(p_2 - l_2) + (p_2 - l_2)^2}
 * }</pre>
 *
 * <p>φ is corrected for continuity where it is positive.
 *
 * @param both trials in which both succeeded
 * @param firstOnly trials in which only the first did
 * @param secondOnly trials in which only the second did
 * @param neither trials in which neither did
 */
public record PairedDifference(int both, int firstOnly, int secondOnly, int neither) {

  /** Checks the counts. */
  public PairedDifference {
    Check.that(
        both >= 0 && firstOnly >= 0 && secondOnly >= 0 && neither >= 0,
        "counts must be ≥ 0, got %d, %d, %d, %d",
        both,
        firstOnly,
        secondOnly,
        neither);
    Check.atLeastOne("trials", both + firstOnly + secondOnly + neither);
  }

  /**
   * How many trials there were.
   *
   * @return at least 1
   */
  public int trials() {
    return both + firstOnly + secondOnly + neither;
  }

  /**
   * By how much the first proportion is larger.
   *
   * @return in [−1, 1]
   */
  public double value() {
    return (firstOnly - secondOnly) / (double) trials();
  }

  /**
   * The 95 % interval of the difference.
   *
   * @return in [−1, 1]
   */
  public Interval interval() {
    int n = trials();
    double p1 = (both + firstOnly) / (double) n;
    double p2 = (both + secondOnly) / (double) n;
    Interval first = Wilson.interval(both + firstOnly, n);
    Interval second = Wilson.interval(both + secondOnly, n);
    double phi = correlation();
    return new Interval(
        value() - length(p1 - first.low(), second.high() - p2, phi),
        value() + length(first.high() - p1, p2 - second.low(), phi));
  }

  private static double length(double a, double b, double phi) {
    return Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  }

  private double correlation() {
    double margins =
        (double) (both + firstOnly)
            * (secondOnly + neither)
            * (both + secondOnly)
            * (firstOnly + neither);
    if (margins == 0) {
      return 0;
    }
    double determinant = (double) both * neither - (double) firstOnly * secondOnly;
    double corrected = determinant > 0 ? Math.max(0, determinant - trials() / 2.0) : determinant;
    return corrected / Math.sqrt(margins);
  }
}
