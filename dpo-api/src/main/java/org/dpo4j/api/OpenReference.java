package org.dpo4j.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * A {@link Reference} resolved against a policy for one run. Closes what the run made, never what
 * the caller handed in.
 */
final class OpenReference implements AutoCloseable {

  private final Optional<TokenScorer> scorer;
  private final IntConsumer afterStep;
  private final Runnable owned;

  private OpenReference(Optional<TokenScorer> scorer, IntConsumer afterStep, Runnable owned) {
    this.scorer = scorer;
    this.afterStep = afterStep;
    this.owned = owned;
  }

  /**
   * Resolves a reference.
   *
   * @throws IllegalArgumentException if the policy can't provide it; the message says what to use
   *     instead
   */
  static OpenReference open(Reference reference, Policy policy) {
    if (reference instanceof Reference.FrozenCopy) {
      return owning(policy.frozenCopy(), step -> {});
    }
    if (reference instanceof Reference.Moving moving) {
      MovableCopy copy = policy.frozenCopy();
      return owning(
          copy,
          step -> {
            if (step % moving.everySteps() == 0) {
              copy.moveTowardsPolicy(moving.alpha());
            }
          });
    }
    if (reference instanceof Reference.Cached cached) {
      OpenReference source = open(cached.source(), policy);
      return new OpenReference(source.scorer.map(Cache::new), step -> {}, source::close);
    }
    return new OpenReference(shared(reference, policy), step -> {}, () -> {});
  }

  /**
   * Refuses a reference that the policy can't provide, before a run.
   *
   * @throws IllegalArgumentException if so; the message says what to use instead
   */
  static void requireAvailable(Reference reference, Policy policy) {
    if (reference instanceof Reference.Cached cached) {
      requireAvailable(cached.source(), policy);
      return;
    }
    Check.that(
        !(reference instanceof Reference.Model model && model.scorer() == policy),
        "Reference.model(…) is the policy itself, so that all log-ratios would stay 0; use"
            + " Reference.frozenCopy()");
    Optional<TokenScorer> unused = shared(reference, policy);
  }

  /** A scorer the run doesn't own; empty for {@code none()}. */
  private static Optional<TokenScorer> shared(Reference reference, Policy policy) {
    if (reference instanceof Reference.Model model) {
      return Optional.of(model.scorer());
    }
    if (reference instanceof Reference.AdapterOff) {
      return Optional.of(requireAdapterOff(policy));
    }
    if (reference instanceof Reference.Adapter adapter) {
      return Optional.of(requireAdapter(policy, adapter.name()));
    }
    return Optional.empty();
  }

  private static OpenReference owning(TokenScorer scorer, IntConsumer afterStep) {
    return new OpenReference(Optional.of(scorer), afterStep, scorer::close);
  }

  private static TokenScorer requireAdapterOff(Policy policy) {
    return policy
        .adapterOff()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Reference.adapterOff() needs a policy with an adapter, and this one trains its own weights; use"
                        + " Reference.frozenCopy()"));
  }

  private static TokenScorer requireAdapter(Policy policy, String name) {
    return policy
        .adapter(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        "Reference.adapter(\"%s\"): the policy knows no adapter of that name; load or keep it first",
                        name)));
  }

  /** Log-probabilities under the reference; empty for {@code none()}. */
  Optional<TokenValues> logProbs(List<PromptGroup> groups) {
    return scorer.map(model -> model.logProbs(groups));
  }

  /** Tells a moving reference that optimizer step {@code step} (from 1) is done. */
  void afterStep(int step) {
    afterStep.accept(step);
  }

  @Override
  public void close() {
    owned.run();
  }

  /** Asks a scorer once a group and remembers the answer. */
  private static final class Cache implements TokenScorer {

    private final TokenScorer source;
    private final Map<PromptGroup, TokenValues> known = new HashMap<>();

    Cache(TokenScorer source) {
      this.source = source;
    }

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      List<PromptGroup> missing =
          groups.stream().filter(group -> !known.containsKey(group)).distinct().toList();
      if (!missing.isEmpty()) {
        TokenValues scored = source.logProbs(missing);
        int row = 0;
        for (PromptGroup group : missing) {
          int first = row;
          row += group.completions().size();
          known.put(group, scored.select(IntStream.range(first, row).toArray()));
        }
      }
      List<double[]> rows = new ArrayList<>();
      for (PromptGroup group : groups) {
        TokenValues values = Objects.requireNonNull(known.get(group));
        for (int row = 0; row < values.rows(); row++) {
          rows.add(values.row(row));
        }
      }
      return TokenScores.of(TokenValues.of(rows), Map.of());
    }
  }
}
