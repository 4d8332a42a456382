package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import org.dpo4j.core.batch.TokenValues;

/** Gradients by central differences, the judge of those by formula. */
final class Differences {

  /** A loss with one token's log-prob moved. */
  @FunctionalInterface
  interface Moved {
    double loss(int row, int token, double by);
  }

  private static final double STEP = 1e-5;
  private static final double KINK_DISTANCE = 1e-3;
  private static final double RELATIVE = 1e-6;

  private Differences() {}

  /**
   * Whether the loss has a kink within 1e-3 of where it is: slopes to the left and to the right
   * then differ by much more than curvature explains.
   */
  static boolean nearKink(TokenValues at, Moved moved) {
    double here = moved.loss(0, 0, 0.0);
    double largest = 0.0;
    double jump = 0.0;
    for (int row = 0; row < at.rows(); row++) {
      double right = (moved.loss(row, 0, KINK_DISTANCE) - here) / KINK_DISTANCE;
      double left = (here - moved.loss(row, 0, -KINK_DISTANCE)) / KINK_DISTANCE;
      largest = Math.max(largest, Math.max(Math.abs(right), Math.abs(left)));
      jump = Math.max(jump, Math.abs(right - left));
    }
    return jump > 0.05 * largest;
  }

  /**
   * Fails if a gradient differs from central differences by more than 1e-6 of its largest entry.
   */
  static void assertGradient(TokenValues gradient, Moved moved) {
    double allowed = Math.max(RELATIVE * Close.norm(gradient), 1e-9);
    for (int row = 0; row < gradient.rows(); row++) {
      for (int token = 0; token < gradient.length(row); token++) {
        double central =
            (moved.loss(row, token, STEP) - moved.loss(row, token, -STEP)) / (2.0 * STEP);
        assertThat(Math.abs(gradient.get(row, token) - central))
            .as(
                "completion %d, token %d: gradient %s, differences %s",
                row, token, gradient.get(row, token), central)
            .isLessThanOrEqualTo(allowed);
      }
    }
  }
}
