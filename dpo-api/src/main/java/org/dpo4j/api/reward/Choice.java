package org.dpo4j.api.reward;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import org.dpo4j.core.math.Check;

/**
 * Candidates after they were ranked, and what that took.
 *
 * @param candidates as they were drawn or given
 * @param ranked all of them, the best first; equals in the order they were drawn or given
 * @param drawing how long drawing took; zero if they were given
 * @param ranking how long ranking took
 */
public record Choice(
    Candidates candidates,
    ImmutableList<RankedCandidate> ranked,
    Duration drawing,
    Duration ranking) {

  /** Checks that there is a best one. */
  public Choice {
    Check.that(!ranked.isEmpty(), "ranked must have at least one candidate, got none");
  }

  /**
   * The candidate with the highest reward.
   *
   * @return the first of those ranked
   */
  public RankedCandidate best() {
    return ranked.get(0);
  }

  /**
   * How many tokens all candidates have together.
   *
   * @return 0 if they are not known
   */
  public int tokens() {
    return ranked.stream().mapToInt(RankedCandidate::tokens).sum();
  }
}
