package org.dpo4j.api;

import org.dpo4j.core.math.Check;

/**
 * What to do with a step whose log-probabilities, loss or gradient hold a NaN or an infinity: end
 * the run, or skip the step.
 *
 * @param maxSkippedInARow how many such steps in a row are skipped, ≥ 0; one more ends the run
 */
public record NonFinite(int maxSkippedInARow) {

  /** The first such step ends the run. */
  public static final NonFinite STOP = new NonFinite(0);

  /**
   * Such a step is skipped, and at most 10 in a row. Its gradients are dropped: neither parameters
   * nor the optimizer's moments change. The schedule goes on, and so does a moving reference.
   */
  public static final NonFinite SKIP = new NonFinite(10);

  /** Checks the range. */
  public NonFinite {
    Check.that(maxSkippedInARow >= 0, "maxSkippedInARow must be ≥ 0, got %d", maxSkippedInARow);
  }

  /**
   * {@link #SKIP} with another bound.
   *
   * @param steps how many steps in a row are skipped before the run ends, ≥ 1
   * @return the rule
   */
  public static NonFinite skipAtMost(int steps) {
    return new NonFinite(Check.atLeastOne("steps", steps));
  }

  boolean skips() {
    return maxSkippedInARow > 0;
  }
}
