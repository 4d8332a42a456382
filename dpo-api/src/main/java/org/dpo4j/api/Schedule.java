package org.dpo4j.api;

import org.dpo4j.core.math.Check;

/**
 * How the learning rate changes over a run: it rises linearly during warm-up, then follows a shape.
 *
 * <p>No step is wasted at a rate of zero: warm-up's step s (from 0) of w uses the share (s + 1)/(w
 * + 1), as the DPO authors' code does, and linear and cosine decay would reach zero one step after
 * the last.
 *
 * @param shape what follows warm-up
 * @param warmupFraction share of all steps spent warming up, in [0, 1); rounded up to whole steps
 */
public record Schedule(Shape shape, double warmupFraction) {

  /** 0.07 of 100 steps are 7, though the product is a little more. */
  private static final double ROUNDING = 1e-9;

  /** What follows warm-up. */
  public enum Shape {
    /** The peak rate throughout. */
    CONSTANT,
    /** From the peak down to zero on a straight line. */
    LINEAR,
    /** From the peak down to zero on half a cosine. */
    COSINE
  }

  /** Checks the fraction. */
  public Schedule {
    Check.that(
        warmupFraction >= 0 && warmupFraction < 1,
        "warmup must be in [0, 1), got %s",
        warmupFraction);
  }

  /**
   * The peak rate throughout.
   *
   * @return no warm-up
   */
  public static Schedule constant() {
    return new Schedule(Shape.CONSTANT, 0.0);
  }

  /**
   * From the peak down to zero on a straight line.
   *
   * @return no warm-up
   */
  public static Schedule linear() {
    return new Schedule(Shape.LINEAR, 0.0);
  }

  /**
   * From the peak down to zero on half a cosine.
   *
   * @return no warm-up
   */
  public static Schedule cosine() {
    return new Schedule(Shape.COSINE, 0.0);
  }

  /**
   * This schedule with warm-up.
   *
   * @param fraction share of all steps, in [0, 1)
   * @return the changed schedule
   */
  public Schedule warmup(double fraction) {
    return new Schedule(shape, fraction);
  }

  /**
   * The share of the peak learning rate to use.
   *
   * @param step the step, from 0 to {@code totalSteps − 1}
   * @param totalSteps steps of the whole run, ≥ 1
   * @return in (0, 1]
   */
  public double factor(int step, int totalSteps) {
    Check.that(step >= 0 && step < totalSteps, "step must be in [0, %d), got %d", totalSteps, step);
    int warmupSteps =
        (int) Math.min(totalSteps - 1, Math.ceil(warmupFraction * totalSteps - ROUNDING));
    if (step < warmupSteps) {
      return (step + 1.0) / (warmupSteps + 1.0);
    }
    double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    return switch (shape) {
      case CONSTANT -> 1.0;
      case LINEAR -> 1.0 - progress;
      case COSINE -> 0.5 * (1.0 + Math.cos(Math.PI * progress));
    };
  }
}
