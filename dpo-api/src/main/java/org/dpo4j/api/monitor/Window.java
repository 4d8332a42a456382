package org.dpo4j.api.monitor;

import java.util.ArrayDeque;

/** The last values of a quantity, one a step. */
final class Window {

  private final int size;
  private final ArrayDeque<Double> values = new ArrayDeque<>();

  Window(int size) {
    this.size = size;
  }

  void add(double value) {
    if (values.size() == size) {
      values.removeFirst();
    }
    values.addLast(value);
  }

  boolean isFull() {
    return values.size() == size;
  }

  double mean() {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /** The mean's standard error. */
  double error() {
    double mean = mean();
    double squares = values.stream().mapToDouble(y -> (y - mean) * (y - mean)).sum();
    int n = values.size();
    return Math.sqrt(squares / (n - 1) / n);
  }

  /** The least-squares line through the values. */
  Trend trend() {
    int n = values.size();
    double meanX = (n - 1) / 2.0;
    double meanY = mean();
    double xx = 0;
    double xy = 0;
    double yy = 0;
    int x = 0;
    for (double y : values) {
      xx += (x - meanX) * (x - meanX);
      xy += (x - meanX) * (y - meanY);
      yy += (y - meanY) * (y - meanY);
      x++;
    }
    double slope = xy / xx;
    double residual = Math.max(0.0, yy - slope * xy);
    return new Trend(slope, Math.sqrt(residual / (n - 2) / xx));
  }

  /**
   * How values change.
   *
   * @param slope a step
   * @param error the slope's standard error
   */
  record Trend(double slope, double error) {

    /** Whether the values fall, by more than their scatter explains. */
    boolean falls() {
      return slope < -3 * error;
    }
  }
}
