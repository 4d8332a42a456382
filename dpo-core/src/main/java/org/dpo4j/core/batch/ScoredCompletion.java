package org.dpo4j.core.batch;

/**
 * A completion as most losses see it: its log-probability summed over tokens.
 *
 * @param logProb {@code log π_θ(y|x) = Σ_t log π_θ(y_t|x, y_<t)}, in nats, ≤ 0
 * @param referenceLogProb {@code log π_ref(y|x)} likewise; NaN where the batch has no reference
 * @param tokens {@code |y|}, ≥ 1
 */
public record ScoredCompletion(double logProb, double referenceLogProb, int tokens) {

  /**
   * {@code log π_θ(y|x) / π_ref(y|x)}.
   *
   * @return the log-ratio in nats; NaN without a reference
   */
  public double logRatio() {
    return logProb - referenceLogProb;
  }

  /**
   * {@code log π_θ(y|x) / |y|}.
   *
   * @return the mean log-probability of a token, ≤ 0
   */
  public double meanLogProb() {
    return logProb / tokens;
  }

  /**
   * The completion with means over tokens in place of sums.
   *
   * @return as if it had one token, of its mean log-probability
   */
  public ScoredCompletion perToken() {
    return new ScoredCompletion(logProb / tokens, referenceLogProb / tokens, 1);
  }
}
