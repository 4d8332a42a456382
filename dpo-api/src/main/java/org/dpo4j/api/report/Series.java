package org.dpo4j.api.report;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * One quantity over a run.
 *
 * @param name the metric's
 * @param points by step, in order, all of them drawable
 */
record Series(String name, ImmutableList<Point> points) {

  /** What a metric was after a step. */
  record Point(int step, double value) {}

  /** Larger values leave no room for a scale around them. */
  private static final double LARGEST = 1e300;

  static boolean isDrawable(double value) {
    return Math.abs(value) <= LARGEST;
  }

  /** The last value. */
  double last() {
    return points.get(points.size() - 1).value();
  }

  /** At most so many points, each the mean of its neighbours. */
  Series thinned(int most) {
    int size = points.size();
    if (size <= most) {
      return this;
    }
    ImmutableList.Builder<Point> means = ImmutableList.builder();
    for (int i = 0; i < most; i++) {
      List<Point> part =
          points.subList((int) ((long) i * size / most), (int) ((long) (i + 1) * size / most));
      means.add(
          new Point(
              part.get(part.size() - 1).step(),
              part.stream().mapToDouble(Point::value).average().orElse(Double.NaN)));
    }
    return new Series(name, means.build());
  }
}
