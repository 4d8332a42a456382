package org.dpo4j.api.data.records;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import org.dpo4j.api.data.spi.RecordSource;
import org.dpo4j.core.math.Check;

/** Files that are not text, and who reads them. */
final class Tables {

  private static final String PARQUET = ".parquet";

  private Tables() {}

  /** Whether it is such a file, by its name. */
  static boolean isTable(Path file) {
    return name(file).endsWith(PARQUET) || find(file).isPresent();
  }

  /**
   * Who reads a file; empty if it is text.
   *
   * @throws IllegalArgumentException if it is none, and the artifact that could read it is missing
   */
  static Optional<RecordSource> sourceOf(Path file) {
    Optional<RecordSource> found = find(file);
    Check.that(
        found.isPresent() || !name(file).endsWith(PARQUET),
        "%s: Parquet is read by the artifact org.dpo4j:dpo-parquet, which is not on the class path; add it",
        file);
    return found;
  }

  private static Optional<RecordSource> find(Path file) {
    for (RecordSource source : ServiceLoader.load(RecordSource.class)) {
      if (name(file).endsWith(source.ending())) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }
}
