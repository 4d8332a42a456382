package org.dpo4j.api;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.core.backend.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The day that a run's texts are written with, where a chat template tells the model the day. One
 * run has one, whenever it goes on, and it is that of a file of log-probs that was filled before,
 * so that the same texts have the same ids.
 */
final class RunDate {

  private RunDate() {}

  /**
   * A tokenizer on the day of a run: the one it was told, or else that of the run that goes on, or
   * else that of the reference's file, or else today.
   */
  static Tokenizer of(Tokenizer tokenizer, @Nullable RunDirectory directory, Reference reference) {
    return on(
        tokenizer,
        () ->
            Optional.ofNullable(directory)
                .flatMap(RecordedRun::date)
                .or(() -> file(reference).flatMap(LogProbFile::dateOf)));
  }

  /** A tokenizer on the day of a file of log-probs, or else today. */
  static Tokenizer of(Tokenizer tokenizer, Path logProbs) {
    return on(tokenizer, () -> LogProbFile.dateOf(logProbs));
  }

  private static Tokenizer on(Tokenizer tokenizer, Supplier<Optional<LocalDate>> before) {
    return !tokenizer.writesDate() || tokenizer.date().isPresent()
        ? tokenizer
        : tokenizer.asOf(before.get().orElseGet(() -> LocalDate.now(ZoneId.systemDefault())));
  }

  private static Optional<Path> file(Reference reference) {
    if (reference instanceof Reference.CachedInFile cached) {
      return Optional.of(cached.file());
    }
    return reference instanceof Reference.CachedOnly cached
        ? Optional.of(cached.file())
        : Optional.empty();
  }
}
