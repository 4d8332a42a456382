package org.dpo4j.api.data.records;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a file's name says about how it is written. */
enum FileKind {
  JSON_LINES("JSON lines", ".jsonl", ".ndjson"),
  JSON("JSON", ".json"),
  CSV("CSV", ".csv"),
  TSV("TSV", ".tsv");

  /** All endings, for messages. */
  static final String ENDINGS =
      ".jsonl, .ndjson, .json, .csv, .tsv, any of them with .gz, or .parquet";

  private final String shown;
  private final ImmutableList<String> endings;

  FileKind(String shown, String... endings) {
    this.shown = shown;
    this.endings = ImmutableList.copyOf(endings);
  }

  static Optional<FileKind> of(Path file) {
    String name = lowerCase(file);
    String plain = isGzip(file) ? name.substring(0, name.length() - 3) : name;
    return Arrays.stream(values())
        .filter(kind -> kind.endings.stream().anyMatch(plain::endsWith))
        .findFirst();
  }

  static boolean isGzip(Path file) {
    return lowerCase(file).endsWith(".gz");
  }

  private static String lowerCase(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return shown;
  }
}
