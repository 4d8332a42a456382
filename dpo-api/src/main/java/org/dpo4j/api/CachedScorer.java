package org.dpo4j.api;

import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/** Asks a scorer only for the groups that a store has not, all of them in one call. */
final class CachedScorer implements TokenScorer {

  private final TokenScorer source;
  private final LogProbStore store;

  CachedScorer(TokenScorer source, LogProbStore store) {
    this.source = source;
    this.store = store;
  }

  /** Gives log-probabilities only: a reference is asked for nothing else. */
  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    Map<PromptGroup, TokenValues> fresh =
        compute(groups.stream().filter(group -> !store.has(group)).distinct().toList());
    List<double[]> rows = new ArrayList<>();
    for (PromptGroup group : groups) {
      TokenValues computed = fresh.get(group);
      TokenValues values = computed == null ? store.get(group) : computed;
      for (int row = 0; row < values.rows(); row++) {
        rows.add(values.row(row));
      }
    }
    return TokenScores.of(TokenValues.of(rows), Map.of());
  }

  @Override
  public Optional<Tokenizer> vocabulary() {
    return source.vocabulary();
  }

  private Map<PromptGroup, TokenValues> compute(List<PromptGroup> missing) {
    if (missing.isEmpty()) {
      return Map.of();
    }
    TokenValues scored = source.logProbs(missing);
    Map<PromptGroup, TokenValues> fresh = split(missing, scored);
    Map<PromptGroup, TokenValues> sound = Maps.filterValues(fresh, CachedScorer::areLogProbs);
    if (!sound.isEmpty()) {
      store.add(List.copyOf(sound.keySet()), List.copyOf(sound.values()));
    }
    return fresh;
  }

  /** The rows of each group, if there is a value a token: anything else is not worth keeping. */
  private static Map<PromptGroup, TokenValues> split(List<PromptGroup> groups, TokenValues scored) {
    int completions = groups.stream().mapToInt(group -> group.completions().size()).sum();
    Check.that(
        scored.rows() == completions,
        "the reference gave %d rows for %d completions: they must be equal",
        scored.rows(),
        completions);
    Map<PromptGroup, TokenValues> split = new LinkedHashMap<>();
    int row = 0;
    for (PromptGroup group : groups) {
      int first = row;
      for (int i = 0; i < group.completions().size(); i++, row++) {
        Check.that(
            scored.length(row) == group.completions().get(i).length(),
            "the reference gave %d values for a completion of %d tokens: they must be equal",
            scored.length(row),
            group.completions().get(i).length());
      }
      split.put(group, scored.select(IntStream.range(first, row).toArray()));
    }
    return split;
  }

  private static boolean areLogProbs(TokenValues values) {
    for (int row = 0; row < values.rows(); row++) {
      for (int token = 0; token < values.length(row); token++) {
        if (!LogProbFormat.isLogProb(values.get(row, token))) {
          return false;
        }
      }
    }
    return true;
  }
}
