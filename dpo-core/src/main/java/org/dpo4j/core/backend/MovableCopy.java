package org.dpo4j.core.backend;

/**
 * A frozen copy of a policy that can be moved towards the policy's present parameters: a moving
 * reference.
 */
public interface MovableCopy extends TokenScorer {

  /**
   * Moves every parameter: {@code θ_ref ← α θ + (1 − α) θ_ref} (Gorbatovski et al. 2024, TR-DPO,
   * arXiv 2404.09656). α = 1 copies anew.
   *
   * @param alpha α in (0, 1]
   */
  void moveTowardsPolicy(double alpha);
}
