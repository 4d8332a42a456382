package org.dpo4j.core.statistics;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.OptionalDouble;
import org.dpo4j.core.math.Check;

/**
 * The correlation of two series (Pearson 1895): 1 where one is the other times a positive number,
 * plus a constant.
 *
 * <pre>
 * {@code r = \frac{\sum (x - \bar x)(y - \bar y)}{\sqrt{\sum (x - \bar x)^2 \sum (y - \bar y)^2}}}
 * </pre>
 */
public final class Pearson {

  private Pearson() {}

  /**
   * The correlation.
   *
   * @param x {@code [n]} finite numbers
   * @param y {@code [n]} finite numbers
   * @return in [−1, 1]; empty where one of the series does not vary, or there is nothing in them
   */
  public static OptionalDouble correlation(ImmutableDoubleArray x, ImmutableDoubleArray y) {
    Check.that(
        x.length() == y.length(),
        "x and y must be equally long, got %d and %d",
        x.length(),
        y.length());
    double meanX = x.stream().average().orElse(0);
    double meanY = y.stream().average().orElse(0);
    double xx = 0, yy = 0, xy = 0;
    for (int i = 0; i < x.length(); i++) {
      double dx = Check.finite("x", x.get(i)) - meanX;
      double dy = Check.finite("y", y.get(i)) - meanY;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
    double scale = Math.sqrt(xx) * Math.sqrt(yy);
    // Rounding must not leave a perfect correlation outside of its range.
    return scale > 0
        ? OptionalDouble.of(Math.max(-1, Math.min(1, xy / scale)))
        : OptionalDouble.empty();
  }
}
