package org.dpo4j.api;

import java.util.List;

/** The best of a run's evaluations so far, each of which is looked at once. */
final class BestEvaluation {

  private final EarlyStopping rule;
  private int seen;
  private int step;
  private double highest = Double.NEGATIVE_INFINITY;

  BestEvaluation(EarlyStopping rule) {
    this.rule = rule;
  }

  /**
   * The step of the best evaluation, the first of equals.
   *
   * @param soFar all of them; those that were given before are the first
   * @return 0 if there was none
   */
  int step(List<TrainingStep> soFar) {
    for (; seen < soFar.size(); seen++) {
      double goodness = rule.goodness(soFar.get(seen).metrics());
      if (goodness > highest) {
        highest = goodness;
        step = soFar.get(seen).step();
      }
    }
    return step;
  }
}
