package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import org.dpo4j.core.batch.TokenValues;

/** Comparison of numbers that should be equal up to rounding. */
final class Close {

  private Close() {}

  /**
   * Fails if two numbers differ by more than a share of the expected one, or the floor where that
   * is larger.
   */
  static void assertClose(
      String what, double actual, double expected, double relative, double floor) {
    assertThat(Math.abs(actual - expected))
        .as("%s: got %s, expected %s", what, actual, expected)
        .isLessThanOrEqualTo(Math.max(relative * Math.abs(expected), floor));
  }

  /** Fails if shapes differ or two entries at the same place are not {@link #assertClose}. */
  static void assertClose(TokenValues actual, TokenValues expected, double relative, double floor) {
    assertThat(actual.sameShape(expected)).as("same shape").isTrue();
    for (int row = 0; row < actual.rows(); row++) {
      for (int token = 0; token < actual.length(row); token++) {
        String place = "completion " + row + ", token " + token;
        assertClose(place, actual.get(row, token), expected.get(row, token), relative, floor);
      }
    }
  }

  /** The largest magnitude among all values. */
  static double norm(TokenValues values) {
    double norm = 0.0;
    for (int row = 0; row < values.rows(); row++) {
      for (double value : values.row(row)) {
        norm = Math.max(norm, Math.abs(value));
      }
    }
    return norm;
  }

  static boolean isFinite(TokenValues values) {
    for (int row = 0; row < values.rows(); row++) {
      for (double value : values.row(row)) {
        if (!Double.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}
