package org.dpo4j.core.batch;

import java.util.OptionalDouble;

/**
 * One preference pair as a pairwise loss sees it.
 *
 * @param chosen y_w, the preferred completion
 * @param rejected y_l, the other one
 * @param margin by how much the reward of {@code chosen} should exceed that of {@code rejected};
 *     negative when the roles are {@linkplain #swapped() swapped}
 * @param noise the pair's own probability of a wrong label, if known
 */
public record Pair(
    ScoredCompletion chosen, ScoredCompletion rejected, double margin, OptionalDouble noise) {

  /**
   * The pair with means over tokens in place of sums.
   *
   * @return each completion as if it had one token, of its mean log-probability
   */
  public Pair perToken() {
    return new Pair(chosen.perToken(), rejected.perToken(), margin, noise);
  }

  /**
   * The same comparison told the other way round: what the pair would be if its label were wrong.
   *
   * @return chosen and rejected exchanged, the margin negated
   */
  public Pair swapped() {
    return new Pair(rejected, chosen, -margin, noise);
  }
}
