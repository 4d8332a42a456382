package org.dpo4j.api;

import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;

/** Log-probabilities by the tokens they belong to. */
interface LogProbStore {

  boolean has(PromptGroup group);

  /**
   * What was kept of a group.
   *
   * @param group one that is there
   * @return {@code [completions][tokens]}
   */
  TokenValues get(PromptGroup group);

  /**
   * Keeps groups that were scored in one call.
   *
   * @param groups none of them there already
   * @param logProbs one element a group
   */
  void add(List<PromptGroup> groups, List<TokenValues> logProbs);
}
