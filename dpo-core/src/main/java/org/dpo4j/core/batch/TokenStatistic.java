package org.dpo4j.core.batch;

/**
 * Per-token facts about the policy's whole distribution that a backend can add to the log-probs,
 * without gradient.
 */
public enum TokenStatistic {
  /**
   * {@code log Σ_v π(v|x, y_<t)²}, ≤ 0: the log of the chance that two draws agree; WPO aligns its
   * weights with it.
   */
  LOG_COLLISION,
  /** {@code −Σ_v π(v|x, y_<t) log π(v|x, y_<t)} in nats, ≥ 0. */
  ENTROPY
}
