package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.Totals;

/**
 * Pairs that are scored together.
 *
 * @param pairs at least one
 */
record MicroBatch(ImmutableList<EncodedPair> pairs) {

  /** What means over several micro-batches are taken over. */
  static Totals totals(List<MicroBatch> batches) {
    long pairs = 0;
    long chosenTokens = 0;
    for (MicroBatch batch : batches) {
      pairs += batch.pairs.size();
      chosenTokens += batch.pairs.stream().mapToLong(EncodedPair::chosenTokens).sum();
    }
    return new Totals(pairs, chosenTokens);
  }

  /**
   * The objective's input, once scored.
   *
   * @throws NotFiniteException if a score is NaN or infinite
   */
  PairBatch scored(TokenScores scores, Optional<TokenValues> reference, Totals totals) {
    NotFiniteException.require("policy log-prob", scores.logProbs(), this);
    reference.ifPresent(values -> NotFiniteException.require("reference log-prob", values, this));
    PairBatch batch =
        PairBatch.of(scores.logProbs())
            .withLabels(Lists.transform(pairs, EncodedPair::label))
            .within(totals);
    PairBatch compared = reference.map(batch::withReference).orElse(batch);
    TokenValues collisions = scores.statistics().get(TokenStatistic.LOG_COLLISION);
    if (collisions == null) {
      return compared;
    }
    NotFiniteException.require("log-collision", collisions, this);
    return compared.withLogCollisions(collisions);
  }

  ImmutableList<String> ids() {
    return pairs.stream().map(EncodedPair::id).collect(ImmutableList.toImmutableList());
  }

  ImmutableList<PromptGroup> groups() {
    return pairs.stream().map(EncodedPair::group).collect(ImmutableList.toImmutableList());
  }

  /** Tokens to compute, the prompt counted once a pair. */
  long tokens() {
    return pairs.stream().mapToLong(EncodedPair::tokens).sum();
  }
}
