package org.dpo4j.api.probe;

/**
 * A probe with both policies' answers.
 *
 * @param probe the probe
 * @param before the answer before training
 * @param after the answer after it
 */
public record ProbeResult(Probe probe, String before, String after) {

  /**
   * Whether the answer before was as expected.
   *
   * @return true if it was
   */
  public boolean passedBefore() {
    return probe.expectation().isMetBy(before);
  }

  /**
   * Whether the answer after is as expected.
   *
   * @return true if it is
   */
  public boolean passedAfter() {
    return probe.expectation().isMetBy(after);
  }
}
