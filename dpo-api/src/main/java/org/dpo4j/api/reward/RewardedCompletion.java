package org.dpo4j.api.reward;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.dpo4j.core.math.Check;

/**
 * A completion with its implicit reward.
 *
 * @param index its place among the completions of its prompt, as they were given
 * @param tokenIds {@code [tokens]}, at least one
 * @param logProbs {@code [tokens]} log π(y_t|x, y_&lt;t) under the policy, nats
 * @param referenceLogProbs {@code [tokens]} the same under the reference
 * @param beta β &gt; 0
 */
public record RewardedCompletion(
    int index,
    ImmutableIntArray tokenIds,
    ImmutableDoubleArray logProbs,
    ImmutableDoubleArray referenceLogProbs,
    double beta) {

  /** Checks that each token has both log-probabilities. */
  public RewardedCompletion {
    Check.positive("beta", beta);
    Check.that(
        logProbs.length() == tokenIds.length() && referenceLogProbs.length() == tokenIds.length(),
        "completion %d has %d tokens, %d log-probs and %d of the reference: they must be equally"
            + " many",
        index,
        tokenIds.length(),
        logProbs.length(),
        referenceLogProbs.length());
  }

  /**
   * The reward.
   *
   * @return β · log π(y|x)/π_ref(y|x), in nats
   */
  public double reward() {
    double logRatio = 0.0;
    // Token by token, so that tokens both models find as likely add exactly nothing.
    for (int token = 0; token < tokenIds.length(); token++) {
      logRatio += logProbs.get(token) - referenceLogProbs.get(token);
    }
    return beta * logRatio;
  }

  /**
   * A token's part of the reward; the parts add up to it.
   *
   * @param token from 0
   * @return β · log π(y_t|x, y_&lt;t)/π_ref(y_t|x, y_&lt;t), in nats
   */
  public double tokenReward(int token) {
    return beta * (logProbs.get(token) - referenceLogProbs.get(token));
  }
}
