package org.dpo4j.api;

import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.Vocabulary;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * A {@link Reference} resolved against a policy for one run. Closes what the run made, never what
 * the caller handed in.
 */
final class OpenReference implements AutoCloseable {

  private static final int VOCABULARY_EXAMPLES = 16;

  private final Optional<TokenScorer> scorer;

  /** Where its log-probabilities are kept. */
  private final Optional<LogProbFile> file;

  /** Whether that file is all there is, without a model. */
  private final boolean fileOnly;

  /** What moves after steps. */
  private final Optional<MovableCopy> moving;

  private final IntConsumer afterStep;
  private final Runnable owned;

  private OpenReference(
      Optional<TokenScorer> scorer,
      Optional<LogProbFile> file,
      boolean fileOnly,
      Optional<MovableCopy> moving,
      IntConsumer afterStep,
      Runnable owned) {
    this.scorer = scorer;
    this.file = file;
    this.fileOnly = fileOnly;
    this.moving = moving;
    this.afterStep = afterStep;
    this.owned = owned;
  }

  /**
   * Resolves a reference.
   *
   * @param cache where log-probabilities to be kept in memory are kept instead, in a run that may
   *     be resumed: the rounding of a value may depend on what is scored with it, so that a resumed
   *     run must find those of the first time
   * @param date what texts are written with, which a file that has none keeps
   * @throws IllegalArgumentException if the policy can't provide it; the message says what to use
   *     instead
   */
  static OpenReference open(
      Reference reference, Policy policy, Optional<Path> cache, Optional<LocalDate> date) {
    if (reference instanceof Reference.FrozenCopy) {
      TokenScorer copy = policy.frozenCopy();
      return fixed(Optional.of(copy), copy::close);
    }
    if (reference instanceof Reference.Moving moving) {
      return openMoving(moving, policy);
    }
    if (reference instanceof Reference.Cached cached) {
      return openCached(cached, policy, cache, date);
    }
    if (reference instanceof Reference.CachedInFile cached) {
      return inFile(open(cached.source(), policy, Optional.empty(), date), cached.file(), date);
    }
    if (reference instanceof Reference.CachedOnly cached) {
      return openOnly(LogProbFile.reading(cached.file()));
    }
    return fixed(shared(reference, policy), () -> {});
  }

  private static OpenReference fixed(Optional<TokenScorer> scorer, Runnable owned) {
    return new OpenReference(scorer, Optional.empty(), false, Optional.empty(), step -> {}, owned);
  }

  private static OpenReference openMoving(Reference.Moving moving, Policy policy) {
    MovableCopy copy = policy.frozenCopy();
    return new OpenReference(
        Optional.of(copy),
        Optional.empty(),
        false,
        Optional.of(copy),
        step -> {
          if (step % moving.everySteps() == 0) {
            copy.moveTowardsPolicy(moving.alpha());
          }
        },
        copy::close);
  }

  private static OpenReference openCached(
      Reference.Cached cached, Policy policy, Optional<Path> cache, Optional<LocalDate> date) {
    OpenReference source = open(cached.source(), policy, Optional.empty(), date);
    boolean named = source.scorer.flatMap(TokenScorer::fingerprint).isPresent();
    return cache.isPresent() && named
        ? inFile(source, cache.get(), date)
        : fixed(
            source.scorer.map(model -> new CachedScorer(model, new MemoryStore())), source::close);
  }

  private static OpenReference inFile(OpenReference source, Path path, Optional<LocalDate> date) {
    try {
      TokenScorer model = source.scorer.orElseThrow();
      LogProbFile file =
          LogProbFile.writing(path, ReferenceCache.requireFingerprint(model, path), date);
      return new OpenReference(
          Optional.of(new CachedScorer(model, file)),
          Optional.of(file),
          false,
          Optional.empty(),
          step -> {},
          () -> {
            file.close();
            source.close();
          });
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static OpenReference openOnly(LogProbFile file) {
    TokenScorer none =
        (groups, statistics) -> {
          throw new IllegalStateException("Reference.cachedOnly(…) has no model");
        };
    return new OpenReference(
        Optional.of(new CachedScorer(none, file)),
        Optional.of(file),
        true,
        Optional.empty(),
        step -> {},
        file::close);
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
    if (reference instanceof Reference.CachedInFile cached) {
      requireAvailable(cached.source(), policy);
      return;
    }
    Check.that(
        !(reference instanceof Reference.Model model && model.scorer() == policy),
        "Reference.model(…) is the policy itself, so that all log-ratios would stay 0; use"
            + " Reference.frozenCopy()");
    Optional<TokenScorer> unused = shared(reference, policy);
  }

  /**
   * Refuses a reference that is none, or that the policy can't provide, before a run.
   *
   * @param loss the name of a loss that needs one
   * @throws IllegalArgumentException if so; the message says what to use instead
   */
  static void requireThere(Reference reference, Policy policy, String loss) {
    Check.that(
        !(reference instanceof Reference.None),
        "Reference.none() cannot be combined with loss '%s': it needs a reference; use Reference.frozenCopy()",
        loss);
    requireAvailable(reference, policy);
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
                        Locale.ROOT,
                        "Reference.adapter(\"%s\"): the policy knows no adapter of that name; load or keep it first",
                        name)));
  }

  /**
   * Refuses a model that reads other token ids than the policy, by what those of the first examples
   * say to either.
   *
   * @param policys the policy's tokenizer
   * @param data examples it makes; only asked for if the model has a tokenizer of its own
   */
  void requireVocabulary(Tokenizer policys, Supplier<Iterable<EncodedExample>> data) {
    Optional<Tokenizer> own =
        scorer.flatMap(TokenScorer::vocabulary).filter(tokenizer -> tokenizer != policys);
    if (own.isEmpty()) {
      return;
    }
    for (EncodedExample example : Iterables.limit(data.get(), VOCABULARY_EXAMPLES)) {
      Optional<String> difference = Vocabulary.difference(own.get(), policys, example.group());
      Check.that(
          difference.isEmpty(),
          "the reference must read the same token ids as the policy, but of example '%s' %s",
          example.id(),
          difference.orElse(""));
    }
  }

  /** Whether there may be pairs that the reference can't give log-probabilities of. */
  boolean mayLackPairs() {
    return fileOnly;
  }

  /**
   * Refuses examples that a reference without a model doesn't know.
   *
   * @param kind what an example is called
   */
  void requireKnown(String kind, Iterable<EncodedExample> data) {
    if (fileOnly) {
      requireIn(file.orElseThrow(), kind, data);
    }
  }

  private static void requireIn(LogProbFile file, String kind, Iterable<EncodedExample> data) {
    int seen = 0;
    int missing = 0;
    String first = "";
    for (EncodedExample example : data) {
      seen++;
      if (!example.groups().stream().allMatch(file::has)) {
        first = missing == 0 ? example.id() : first;
        missing++;
      }
    }
    Check.that(
        missing == 0,
        "%s '%s' is not in %s (%d of %d are missing), and Reference.cachedOnly(…) has no model to compute it; it may be"
            + " new, or was tokenized by another tokenizer, template or truncation when the file was made. Add it with"
            + " ReferenceCache.in(file).fill(…), or train with Reference.cached(source, file)",
        kind,
        first,
        file.file(),
        missing,
        seen);
  }

  /**
   * Log-probabilities under the reference; empty for {@code none()}.
   *
   * @param kind what an example is called
   */
  Optional<TokenValues> logProbs(String kind, MicroBatch micro) {
    requireKnown(kind, micro.examples());
    return logProbs(micro.groups());
  }

  /** The same of groups that are known to be there. */
  Optional<TokenValues> logProbs(List<PromptGroup> groups) {
    return scorer.map(model -> model.logProbs(groups));
  }

  /** Tells a moving reference that optimizer step {@code step} (from 1) is done. */
  void afterStep(int step) {
    afterStep.accept(step);
  }

  /** The copy that moves, whose state is the run's. */
  Optional<MovableCopy> moving() {
    return moving;
  }

  /** Sees to it that what was kept so far survives a loss of power. */
  void sync() throws IOException {
    if (file.isPresent() && !fileOnly) {
      file.get().sync();
    }
  }

  @Override
  public void close() {
    owned.run();
  }
}
