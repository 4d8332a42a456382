package org.dpo4j.api.reward;

import org.dpo4j.core.backend.Text;

/** What answers a prompt several times: the port between best-of-N and a generator. */
@FunctionalInterface
public interface CandidateSource {

  /**
   * Draws answers.
   *
   * @param prompt plain text or a chat
   * @param n how many, ≥ 1
   * @param seed of the draws: the same seed gives the same answers, and fewer of them are the first
   *     of more
   * @return n candidates, with their tokens if the source knows them
   * @throws IllegalArgumentException if the prompt can't be rendered, tokenized or answered
   */
  Candidates draw(Text prompt, int n, long seed);
}
