package org.dpo4j.api;

import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log-probabilities of a reference in a file, computed in one go before training, so that the
 * reference and the policy need not be in memory together.
 *
 * <pre>{@code
 * ReferenceCache.in(file).fill(referenceModel, policy.tokenizer(), pairs);
 * // later, perhaps in another process:
 * DpoTrainer.builder().policy(policy).reference(Reference.cachedOnly(file)) …
 * }</pre>
 *
 * <p>It is the file of {@link Reference#cached(Reference, Path)}, which says what is in it and when
 * it is used.
 *
 * @param file the file; made if there is none
 * @param batchSize pairs scored at a time, at most, ≥ 1
 * @param maxTokens tokens scored at a time, at most, ≥ 1; {@code Integer.MAX_VALUE} for any number
 */
public record ReferenceCache(Path file, int batchSize, int maxTokens) {

  private static final Logger LOG = LoggerFactory.getLogger(ReferenceCache.class);

  /** Pairs that are looked at, and sorted by length, together. */
  private static final int WINDOW = 1024;

  /** Checks the ranges. */
  public ReferenceCache {
    Check.atLeastOne("batchSize", batchSize);
    Check.atLeastOne("maxTokens", maxTokens);
  }

  /**
   * A cache whose pairs are computed 8 at a time.
   *
   * @param file the file; made if there is none
   * @return the cache; nothing is opened yet
   */
  public static ReferenceCache in(Path file) {
    return new ReferenceCache(file, 8, BatchLimits.ANY_NUMBER);
  }

  /**
   * The same with another number of pairs scored at a time, at most.
   *
   * @param newBatchSize ≥ 1
   * @return a new cache description, on the same file
   */
  public ReferenceCache withBatchSize(int newBatchSize) {
    return new ReferenceCache(file, newBatchSize, maxTokens);
  }

  /**
   * The same with a bound on the tokens scored at a time, as {@link DpoTrainer.Builder#maxTokens}
   * has it.
   *
   * @param newMaxTokens ≥ 1
   * @return a new cache description, on the same file
   */
  public ReferenceCache withMaxTokens(int newMaxTokens) {
    return new ReferenceCache(file, batchSize, newMaxTokens);
  }

  /**
   * Computes what the file has not. May be killed at any time: what was written is found again.
   *
   * <p>Where the chat template writes the date, and the tokenizer was not told one, texts have the
   * date that the file was first filled with, which it remembers: today's, if it is new.
   *
   * @param reference the model; it stays the caller's to close
   * @param tokenizer the tokenizer of the policy to be trained
   * @param pairs the data to be trained or evaluated on
   * @return how many examples were computed, those of equal tokens counted once
   * @throws IllegalArgumentException if the reference has no {@link TokenScorer#fingerprint()}, if
   *     the file is another kind of file, which is left as it is, or if a pair has more than {@code
   *     maxTokens} tokens
   * @throws IllegalStateException if another run writes to the file, or if the reference failed or
   *     gave something else than log-probabilities; the message names the pairs
   * @throws UncheckedIOException if the file can't be read or written
   */
  @CanIgnoreReturnValue
  public int fill(TokenScorer reference, Tokenizer tokenizer, PreferenceDataset pairs) {
    BatchLimits limits = new BatchLimits(batchSize, maxTokens);
    Tokenizer dated = RunDate.of(tokenizer, file);
    Iterable<EncodedExample> encoded =
        Iterables.transform(pairs, pair -> EncodedExample.of(pair, dated));
    if (limits.countTokens()) {
      limits.requireRoomFor("pair", encoded);
    }
    int computed = 0;
    int seen = 0;
    try (LogProbFile store =
        LogProbFile.writing(file, requireFingerprint(reference, file), dated.date())) {
      for (List<EncodedExample> window : Iterables.partition(encoded, WINDOW)) {
        List<EncodedExample> missing = missing(window, store);
        for (MicroBatch micro : missing.isEmpty() ? List.<MicroBatch>of() : limits.split(missing)) {
          compute(micro, reference, store);
        }
        computed += missing.size();
        seen += window.size();
        LOG.info("{}: {} of {} pairs seen, {} computed", file, seen, pairs.size(), computed);
      }
    }
    return computed;
  }

  /** The name by which a reference's log-probabilities can be kept. */
  static String requireFingerprint(TokenScorer reference, Path file) {
    Optional<String> fingerprint = reference.fingerprint();
    if (fingerprint.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the reference can't tell which weights it has, so that its log-probs can't be kept in"
                  + " %s; let its TokenScorer.fingerprint() say so, or keep them for one run with"
                  + " Reference.cached(source)",
              file));
    }
    return fingerprint.get();
  }

  private static List<EncodedExample> missing(List<EncodedExample> window, LogProbFile store) {
    Set<PromptGroup> seen = new HashSet<>();
    return window.stream()
        .filter(pair -> !store.has(pair.group()) && seen.add(pair.group()))
        .toList();
  }

  private static void compute(MicroBatch micro, TokenScorer reference, LogProbFile store) {
    try {
      TokenValues logProbs = new CachedScorer(reference, store).logProbs(micro.groups());
      NotFiniteException.require("reference log-prob", logProbs, micro);
      Check.that(
          micro.groups().stream().allMatch(store::has),
          "a reference log-prob must be ≤ 0, got more");
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "reference log-probs of pairs %s: %s", micro.ids(), e.getMessage()),
          e);
    }
  }
}
