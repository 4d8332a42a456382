package org.dpo4j.api.data;

import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.api.SkipReason;

/**
 * How many annotators are for each of two completions.
 *
 * @param first for the first
 * @param second for the second
 */
record Votes(double first, double second) {

  Votes {
    if (!(first >= 0 && second >= 0)) {
      throw new IllegalArgumentException("votes must be ≥ 0, got " + first + " and " + second);
    }
  }

  Votes plusFirst() {
    return new Votes(first + 1, second);
  }

  Votes plusSecond() {
    return new Votes(first, second + 1);
  }

  /**
   * Whether the first one wins.
   *
   * @throws SkippedException if nobody voted or as many are for the one as for the other
   */
  boolean firstWins() throws SkippedException {
    if (first == 0 && second == 0) {
      throw new SkippedException(SkipReason.UNLABELLED, "nobody has preferred one of the two");
    }
    if (first == second) {
      throw new SkippedException(
          SkipReason.NO_MAJORITY,
          String.format(
              Locale.ROOT, "%.0f of %.0f are for each of the two", first, first + second));
    }
    return first > second;
  }

  /** The share of the majority. One vote says nothing about agreement. */
  OptionalDouble agreement() {
    return first + second < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(first, second) / (first + second));
  }
}
