package org.dpo4j.api.report;

import com.google.common.collect.ImmutableList;

/**
 * The values of one quantity as they come, at most so many of them: those of neighbouring steps
 * become their mean where there are more. What is not finite is left out.
 */
final class Thinning {

  private final int most;
  private final int[] steps;
  private final double[] means;
  private int size;

  /** How many values a place is the mean of; of the last, perhaps fewer. */
  private long width = 1;

  private long inLast;

  /**
   * Nothing yet.
   *
   * @param most even, ≥ 2
   */
  Thinning(int most) {
    this.most = most;
    this.steps = new int[most];
    this.means = new double[most];
  }

  void add(int step, double value) {
    if (!Series.isDrawable(value)) {
      return;
    }
    if (size == 0 || inLast == width) {
      if (size == most) {
        halve();
      }
      size++;
      inLast = 0;
      means[size - 1] = 0;
    }
    inLast++;
    steps[size - 1] = step;
    means[size - 1] += (value - means[size - 1]) / inLast;
  }

  private void halve() {
    for (int i = 0; i < most / 2; i++) {
      steps[i] = steps[2 * i + 1];
      means[i] = means[2 * i] / 2 + means[2 * i + 1] / 2;
    }
    size = most / 2;
    width *= 2;
  }

  Series series(String name) {
    ImmutableList.Builder<Series.Point> points = ImmutableList.builderWithExpectedSize(size);
    for (int i = 0; i < size; i++) {
      points.add(new Series.Point(steps[i], means[i]));
    }
    return new Series(name, points.build());
  }
}
