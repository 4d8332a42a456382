package org.dpo4j.api;

import java.util.List;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.math.Check;

/**
 * Ends a run when an evaluation metric has stopped getting better.
 *
 * @param metric its name, e.g. {@code eval_loss}
 * @param higherIsBetter false for a loss, true for an accuracy
 * @param patience evaluations in a row without improvement after which the run ends, ≥ 1
 * @param minImprovement by how much the metric must beat the best so far to count as better, ≥ 0
 */
public record EarlyStopping(
    String metric, boolean higherIsBetter, int patience, double minImprovement) {

  /** Checks the ranges. */
  public EarlyStopping {
    Check.that(
        metric.startsWith("eval_"),
        "metric must be an evaluation metric (eval_…), got '%s'",
        metric);
    Check.atLeastOne("patience", patience);
    Check.nonNegative("minImprovement", minImprovement);
  }

  /**
   * Stops when {@code eval_loss} no longer falls.
   *
   * @param patience evaluations in a row without a lower loss, ≥ 1
   * @return the rule
   */
  public static EarlyStopping patience(int patience) {
    return new EarlyStopping("eval_loss", false, patience, 0.0);
  }

  /**
   * This rule on a metric that should rise.
   *
   * @param newMetric its name, e.g. {@code eval_rewards/accuracies}
   * @return the changed rule
   */
  public EarlyStopping untilHighest(String newMetric) {
    return new EarlyStopping(newMetric, true, patience, minImprovement);
  }

  /**
   * This rule on a metric that should fall.
   *
   * @param newMetric its name, e.g. {@code eval_loss}
   * @return the changed rule
   */
  public EarlyStopping untilLowest(String newMetric) {
    return new EarlyStopping(newMetric, false, patience, minImprovement);
  }

  /**
   * This rule with a threshold.
   *
   * @param newMinImprovement ≥ 0
   * @return the changed rule
   */
  public EarlyStopping minImprovement(double newMinImprovement) {
    return new EarlyStopping(metric, higherIsBetter, patience, newMinImprovement);
  }

  /** Whether the last {@code patience} evaluations are no better than the best before them. */
  boolean isMet(List<Metrics> evaluations) {
    double best = Double.NEGATIVE_INFINITY;
    int withoutImprovement = 0;
    for (Metrics evaluation : evaluations) {
      double value = goodness(evaluation);
      boolean better = value > best + (Double.isInfinite(best) ? 0.0 : minImprovement);
      best = better ? value : best;
      withoutImprovement = better ? 0 : withoutImprovement + 1;
    }
    return withoutImprovement >= patience;
  }

  /** The metric, or its negative: the higher the better. */
  double goodness(Metrics evaluation) {
    return higherIsBetter ? evaluation.get(metric) : -evaluation.get(metric);
  }
}
