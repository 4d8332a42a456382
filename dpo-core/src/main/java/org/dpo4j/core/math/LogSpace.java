package org.dpo4j.core.math;

/**
 * Logistic and exponential functions that neither overflow nor lose digits where a textbook formula
 * would.
 *
 * <p>All arguments and results are natural-log units (nats).
 */
public final class LogSpace {

  /**
   * Exponents are clamped here where a formula grows without bound; {@code e^700} is about 1e304,
   * still a double.
   */
  public static final double MAX_EXPONENT = 700.0;

  private static final double LN_2 = Math.log(2.0);

  private LogSpace() {}

  /**
   * The logistic function {@code σ(z) = 1 / (1 + e^−z)}.
   *
   * @param z any value
   * @return a value in [0, 1], relatively accurate in the lower tail
   */
  public static double sigmoid(double z) {
    if (z >= 0) {
      return 1.0 / (1.0 + Math.exp(-z));
    }
    double e = Math.exp(z);
    return e / (1.0 + e);
  }

  /**
   * {@code log σ(z) = −log(1 + e^−z)}.
   *
   * @param z any value
   * @return a value ≤ 0; close to z for very negative z
   */
  public static double logSigmoid(double z) {
    return z >= 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
  }

  /**
   * {@code log(1 − e^x)}, the log-probability of the complement.
   *
   * @param x a log-probability, &lt; 0
   * @return a value ≤ 0
   */
  public static double log1mExp(double x) {
    return x > -LN_2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
  }

  /**
   * {@code log Σᵢ e^xᵢ}.
   *
   * @param x at least one value
   * @return the log of the sum of exponentials, without overflow
   */
  public static double logSumExp(double... x) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : x) {
      max = Math.max(max, value);
    }
    if (Double.isInfinite(max)) {
      return max;
    }
    double sum = 0.0;
    for (double value : x) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }

  /**
   * {@code log softmax(x)ᵢ = xᵢ − log Σⱼ e^xⱼ}.
   *
   * @param logits {@code [vocabulary]}
   * @return {@code [vocabulary]} log-probabilities whose exponentials sum to one
   */
  public static double[] logSoftmax(double... logits) {
    double normalizer = logSumExp(logits);
    double[] logProbs = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      logProbs[i] = logits[i] - normalizer;
    }
    return logProbs;
  }

  /**
   * {@code e^min(x, 700)}: an exponential that saturates instead of overflowing.
   *
   * @param x any value
   * @return a finite value ≥ 0
   */
  public static double expClamped(double x) {
    return Math.exp(Math.min(x, MAX_EXPONENT));
  }
}
