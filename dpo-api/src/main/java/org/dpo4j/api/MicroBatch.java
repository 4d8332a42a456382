package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.Totals;

/**
 * Pairs as token ids, ready to be scored: one group {@code [prompt | chosen | rejected]} a pair.
 *
 * @param ids the pairs' ids
 * @param groups their tokens
 * @param labels what else is known about them
 */
record MicroBatch(
    ImmutableList<String> ids, ImmutableList<PromptGroup> groups, ImmutableList<PairLabel> labels) {

  /** Tokenizes pairs; an error names the pair. */
  static MicroBatch encode(List<PreferencePair> pairs, Policy policy) {
    ImmutableList.Builder<PromptGroup> groups = ImmutableList.builder();
    for (PreferencePair pair : pairs) {
      try {
        groups.add(
            policy.tokenizer().encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format("pair '%s': %s", pair.id(), e.getMessage()), e);
      }
    }
    return new MicroBatch(
        pairs.stream().map(PreferencePair::id).collect(ImmutableList.toImmutableList()),
        groups.build(),
        pairs.stream().map(PreferencePair::label).collect(ImmutableList.toImmutableList()));
  }

  /** What means over several micro-batches are taken over. */
  static Totals totals(List<MicroBatch> batches) {
    long pairs = batches.stream().mapToLong(batch -> batch.groups.size()).sum();
    long chosenTokens =
        batches.stream()
            .flatMap(batch -> batch.groups.stream())
            .mapToLong(group -> group.completions().get(0).length())
            .sum();
    return new Totals(pairs, chosenTokens);
  }

  /** The objective's input, once scored. */
  PairBatch scored(TokenScores scores, Optional<TokenValues> reference, Totals totals) {
    PairBatch batch = PairBatch.of(scores.logProbs()).withLabels(labels).within(totals);
    TokenValues collisions = scores.statistics().get(TokenStatistic.LOG_COLLISION);
    PairBatch measured = collisions == null ? batch : batch.withLogCollisions(collisions);
    return reference.isPresent() ? measured.withReference(reference.get()) : measured;
  }

  /** Tokens to compute, the prompt counted once a pair. */
  long tokens() {
    return groups.stream().mapToLong(PromptGroup::tokens).sum();
  }
}
