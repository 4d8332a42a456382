package org.dpo4j.core.statistics;

import org.dpo4j.core.math.Check;

/**
 * A 95 % confidence interval.
 *
 * @param low its lower end
 * @param high its upper end, ≥ low
 */
public record Interval(double low, double high) {

  /** The 97.5 % quantile of the standard normal distribution. */
  static final double Z = 1.959963984540054;

  /** Checks the order. */
  public Interval {
    Check.that(low <= high, "low must be ≤ high, got %s and %s", low, high);
  }

  /**
   * Whether a value is in it.
   *
   * @param value any
   * @return true if low ≤ value ≤ high
   */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }
}
