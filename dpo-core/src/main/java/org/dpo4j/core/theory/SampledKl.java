package org.dpo4j.core.theory;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.dpo4j.core.math.Check;

/**
 * An estimate of KL(p‖q) of a completion from completions drawn from p: the mean of {@code u = log
 * p(y|x)/q(y|x)} ({@link KlEstimator#K1}, unbiased), with an error that knows that completions of
 * one prompt resemble each other.
 *
 * @param mean over prompts, nats; may be below 0 by chance
 * @param error its standard error; infinite where there is one prompt
 * @param prompts ≥ 1
 * @param samples ≥ prompts
 */
public record SampledKl(double mean, double error, int prompts, int samples) {

  /** Of a normal distribution, as many errors around the mean hold 95 %. */
  private static final double ERRORS = 1.96;

  /**
   * Estimates.
   *
   * @param logRatios one element a prompt: u of each of its samples, nats; at least one prompt, and
   *     one sample of each
   * @return the estimate, each prompt counting the same
   */
  public static SampledKl of(List<double[]> logRatios) {
    Check.that(!logRatios.isEmpty(), "logRatios must have at least one prompt, got none");
    double[] means = logRatios.stream().mapToDouble(KlEstimator.K1::mean).toArray();
    int n = means.length;
    double mean = DoubleStream.of(means).sum() / n;
    double squares = DoubleStream.of(means).map(each -> (each - mean) * (each - mean)).sum();
    return new SampledKl(
        mean,
        n == 1 ? Double.POSITIVE_INFINITY : Math.sqrt(squares / (n - 1) / n),
        n,
        logRatios.stream().mapToInt(each -> each.length).sum());
  }

  /**
   * The lower end of the 95 % interval.
   *
   * @return nats
   */
  public double low() {
    return mean - ERRORS * error;
  }

  /**
   * The upper end of the 95 % interval.
   *
   * @return nats
   */
  public double high() {
    return mean + ERRORS * error;
  }

  /** For instance {@code 3.21 nats (2.90 to 3.52)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f nats (%.2f to %.2f)", mean, low(), high());
  }
}
