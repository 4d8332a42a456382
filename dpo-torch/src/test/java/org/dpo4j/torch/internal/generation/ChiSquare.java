package org.dpo4j.torch.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Pearson's test of counts against probabilities. */
public final class ChiSquare {

  private static final double LEAST_EXPECTED = 5;

  private ChiSquare() {}

  /**
   * By how much counts are off, as a standard normal deviate (Wilson and Hilferty 1931). Cells of
   * which less than five are expected are counted together; what has no probability must not occur.
   */
  public static double deviation(int[] counts, double[] probabilities) {
    int draws = Arrays.stream(counts).sum();
    double statistic = 0;
    int cells = 0;
    double restExpected = 0;
    int rest = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = draws * probabilities[i];
      if (expected == 0) {
        assertThat(counts[i]).as("draws of token %d, which has no probability", i).isZero();
      } else if (expected < LEAST_EXPECTED) {
        restExpected += expected;
        rest += counts[i];
      } else {
        statistic += Math.pow(counts[i] - expected, 2) / expected;
        cells++;
      }
    }
    if (restExpected >= LEAST_EXPECTED) {
      statistic += Math.pow(rest - restExpected, 2) / restExpected;
      cells++;
    }
    int freedom = cells - 1;
    if (freedom == 0) {
      return 0;
    }
    double v = 2.0 / (9 * freedom);
    return (Math.cbrt(statistic / freedom) - (1 - v)) / Math.sqrt(v);
  }
}
