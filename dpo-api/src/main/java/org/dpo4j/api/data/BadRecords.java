package org.dpo4j.api.data;

import org.dpo4j.core.math.Check;

/**
 * How many malformed records a reading bears before it stops. Records that are well-formed but make
 * no example, such as two equal completions, are always counted and never stop it.
 *
 * @param most ≥ 0
 */
public record BadRecords(int most) {

  /** The first malformed record is an error that names its file and line. The default. */
  public static final BadRecords STOP = new BadRecords(0);

  /** All malformed records are counted. */
  public static final BadRecords COUNT = new BadRecords(Integer.MAX_VALUE);

  /** Checks the range. */
  public BadRecords {
    Check.that(most >= 0, "most must be ≥ 0, got %d", most);
  }

  /**
   * Counts some, then stops.
   *
   * @param most the number that is still borne, ≥ 0
   * @return the rule
   * @throws IllegalArgumentException if it is negative
   */
  public static BadRecords atMost(int most) {
    return new BadRecords(most);
  }
}
