package org.dpo4j.core.tabular;

import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.math.LogSpace;

/** What else can be said of a token's distribution. */
final class Measurement {

  private Measurement() {}

  static double of(TokenStatistic statistic, double[] logDistribution) {
    return switch (statistic) {
      case LOG_COLLISION -> {
        double[] doubled = logDistribution.clone();
        for (int v = 0; v < doubled.length; v++) {
          doubled[v] *= 2.0;
        }
        yield Math.min(0.0, LogSpace.logSumExp(doubled));
      }
      case ENTROPY -> {
        double entropy = 0.0;
        for (double logProb : logDistribution) {
          entropy -= Math.exp(logProb) * logProb;
        }
        yield entropy;
      }
    };
  }
}
