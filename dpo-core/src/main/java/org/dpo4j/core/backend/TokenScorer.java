package org.dpo4j.core.backend;

import java.util.List;
import java.util.Set;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;

/**
 * A model that gives log-probabilities: all that a reference has to be. Closing it gives back the
 * memory it owns.
 */
@FunctionalInterface
public interface TokenScorer extends AutoCloseable {

  /**
   * Scores completions as at inference (no dropout, nothing kept for gradients).
   *
   * @param groups prompts with their completions
   * @param statistics what else to measure; often nothing
   * @return one row a completion, groups in order
   */
  TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics);

  /**
   * Scores completions as at inference.
   *
   * @param groups prompts with their completions
   * @return {@code [completions][tokens]} log π(y_t|x, y_&lt;t), one row a completion, groups in
   *     order
   */
  default TokenValues logProbs(List<PromptGroup> groups) {
    return score(groups, Set.of()).logProbs();
  }

  @Override
  default void close() {}
}
