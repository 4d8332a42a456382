package org.dpo4j.core.theory;

import java.util.random.RandomGenerator;
import org.dpo4j.core.math.LogSpace;

/** Distributions over a short list of outcomes, and draws from them. */
final class RandomDistribution {

  private RandomDistribution() {}

  /**
   * Log-probabilities: the softmax of normal logits of a spread that gives both likely and unlikely
   * outcomes.
   */
  static double[] logProbs(RandomGenerator random, int outcomes) {
    double[] logits = new double[outcomes];
    for (int y = 0; y < outcomes; y++) {
      logits[y] = 1.5 * random.nextGaussian();
    }
    return LogSpace.logSoftmax(logits);
  }

  /** An outcome, by inverting the cumulative distribution. */
  static int draw(RandomGenerator random, double... logProbs) {
    double left = random.nextDouble();
    for (int y = 0; y < logProbs.length - 1; y++) {
      left -= Math.exp(logProbs[y]);
      if (left < 0) {
        return y;
      }
    }
    return logProbs.length - 1;
  }

  /** Logs of probabilities as one writes them down. */
  static double[] logs(double... probabilities) {
    double[] logs = new double[probabilities.length];
    for (int y = 0; y < logs.length; y++) {
      logs[y] = Math.log(probabilities[y]);
    }
    return logs;
  }
}
