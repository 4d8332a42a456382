package org.dpo4j.core.backend;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.List;

/**
 * Gives each completion one number: a reward model that a backend computes, in one forward pass a
 * completion. Safe from several threads while it isn't trained.
 */
@FunctionalInterface
public interface RewardScorer {

  /**
   * The rewards of completions.
   *
   * @param groups prompts with their completions, at least one
   * @return {@code [completions]}, groups in order; finite, larger is better
   */
  ImmutableDoubleArray rewards(List<PromptGroup> groups);
}
