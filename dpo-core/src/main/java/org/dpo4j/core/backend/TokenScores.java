package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;

/**
 * What a backend says of completions.
 *
 * @param logProbs {@code [completions][tokens]} log π(y_t|x, y_&lt;t), one row a completion, groups
 *     in order; ≤ 0, so a backend whose rounding can end above 0 clamps it there
 * @param statistics the statistics asked for, each of the same shape
 */
public record TokenScores(
    TokenValues logProbs, ImmutableMap<TokenStatistic, TokenValues> statistics) {

  /**
   * Log-probabilities with statistics.
   *
   * @param logProbs {@code [completions][tokens]}
   * @param statistics each of the same shape
   * @return the scores
   */
  public static TokenScores of(TokenValues logProbs, Map<TokenStatistic, TokenValues> statistics) {
    return new TokenScores(logProbs, ImmutableMap.copyOf(statistics));
  }
}
