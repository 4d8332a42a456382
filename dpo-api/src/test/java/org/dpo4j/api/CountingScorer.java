package org.dpo4j.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;

/** A reference that writes down what it is asked. */
final class CountingScorer implements TokenScorer {

  /** Every group asked for, in order. */
  final List<PromptGroup> asked = new ArrayList<>();

  int calls;
  int closed;

  /** Calls, from 1, whose first log-probability is NaN. */
  IntPredicate notANumberAt = call -> false;

  /** Done in each call. */
  Runnable inCall = () -> {};

  private final TokenScorer scorer;

  CountingScorer(TokenScorer scorer) {
    this.scorer = scorer;
  }

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    calls++;
    asked.addAll(groups);
    inCall.run();
    TokenValues right = scorer.logProbs(groups);
    TokenValues given =
        notANumberAt.test(calls)
            ? right.map((row, token) -> row + token == 0 ? Double.NaN : right.get(row, token))
            : right;
    return TokenScores.of(given, Map.of());
  }

  @Override
  public Optional<String> fingerprint() {
    return scorer.fingerprint();
  }

  @Override
  public void close() {
    closed++;
  }
}
