package org.dpo4j.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;

/** Log-probabilities kept for one run. */
final class MemoryStore implements LogProbStore {

  private final Map<PromptGroup, TokenValues> known = new HashMap<>();

  @Override
  public boolean has(PromptGroup group) {
    return known.containsKey(group);
  }

  @Override
  public TokenValues get(PromptGroup group) {
    return Objects.requireNonNull(known.get(group));
  }

  @Override
  public void add(List<PromptGroup> groups, List<TokenValues> logProbs) {
    for (int i = 0; i < groups.size(); i++) {
      known.put(groups.get(i), logProbs.get(i));
    }
  }
}
