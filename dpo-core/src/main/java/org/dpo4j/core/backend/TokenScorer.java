package org.dpo4j.core.backend;

import java.util.List;
import java.util.Optional;
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

  /**
   * Names the function this scorer computes, so that its log-probabilities can be kept: the weights
   * as they are now (a base with its adapter: both) and whatever else decides about the values,
   * such as the precision they are computed in. Two scorers of one name give the same values for
   * the same tokens, in any process; tokenizer and chat template are no part of it. May read all
   * weights, so it is asked once a run.
   *
   * @return 1 to 1000 characters; empty, the default, if the scorer can't tell, so that its values
   *     can't be kept beyond a run
   */
  default Optional<String> fingerprint() {
    return Optional.empty();
  }

  /**
   * Whose token ids this scorer reads. A reference that is another model is checked by it, since
   * ids of another vocabulary would be scored without an error.
   *
   * @return empty, the default, if the scorer doesn't know
   */
  default Optional<Tokenizer> vocabulary() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
