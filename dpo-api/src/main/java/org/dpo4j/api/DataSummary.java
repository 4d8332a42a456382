package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dpo4j.core.math.Shown;

/**
 * What was read: the files and their formats, what was kept, and what was left out and why.
 *
 * @param noun what the examples are, for instance {@code pairs}
 * @param files one element a file, in order
 * @param leftOut files of a folder that were not read, because they are of another part of the
 *     data: held out, or for training where what is held out was asked for
 * @param skipped one element a reason, in the order of {@link SkipReason}
 * @param unread columns that some format gives a meaning and that were not read, by name
 * @param prompts how long prompts are
 * @param completions how long completions are
 * @param margins of pairs, as the data has them; empty if none has any
 * @param ratings of pairs, as the data has them; empty if none has any
 */
public record DataSummary(
    String noun,
    ImmutableList<FileSummary> files,
    ImmutableList<Path> leftOut,
    ImmutableList<Skipped> skipped,
    ImmutableList<Unread> unread,
    Lengths prompts,
    Lengths completions,
    Optional<Margins> margins,
    Optional<Ratings> ratings) {

  /**
   * What was read of a file.
   *
   * @param file as it was named
   * @param kind how it is written, for instance {@code JSON lines, gzip}
   * @param format what was recognised in it
   * @param records how many it has
   * @param kept how many examples were made of them; one record may make several
   */
  public record FileSummary(Path file, String kind, String format, int records, int kept) {}

  /**
   * What was left out for one reason.
   *
   * @param reason why
   * @param count how many records, or of records that could have made several examples how many of
   *     those
   * @param first the first three, each with file, line and what is wrong
   */
  public record Skipped(SkipReason reason, int count, ImmutableList<String> first) {

    /**
     * For instance {@code 4 too long, the first: pair '0' has 9 tokens, 5 of them its prompt's}.
     */
    @Override
    public String toString() {
      return first.isEmpty()
          ? count + " " + reason
          : count + " " + reason + ", the first: " + first.get(0);
    }
  }

  /**
   * A column that means something in some format but was not read in these.
   *
   * @param column its name
   * @param records in how many records of which an example was made it says something
   */
  public record Unread(String column, int records) {}

  /**
   * Lengths of texts in characters (UTF-16), those of messages without their roles but with their
   * reasoning and their calls of tools as JSON.
   *
   * @param mean 0 if there are none
   * @param max 0 if there are none
   */
  public record Lengths(double mean, int max) {}

  /**
   * Margins that the data itself has.
   *
   * @param pairs how many have one, ≥ 1
   * @param mean in nats
   * @param max in nats
   */
  public record Margins(int pairs, double mean, double max) {}

  /**
   * Ratings of both completions of pairs, by their differences, in the data's own points.
   *
   * @param pairs how many are rated, ≥ 1
   * @param least the smallest difference, ≥ 0
   * @param most the largest
   * @param spread the root mean square of the differences
   */
  public record Ratings(int pairs, double least, double most, double spread) {}

  /**
   * How many records there are.
   *
   * @return of all files
   */
  public int records() {
    return files.stream().mapToInt(FileSummary::records).sum();
  }

  /**
   * How many examples there are.
   *
   * @return the size of the dataset
   */
  public int kept() {
    return files.stream().mapToInt(FileSummary::kept).sum();
  }

  /**
   * How much was left out for a reason.
   *
   * @param reason the reason
   * @return ≥ 0
   */
  public int skipped(SkipReason reason) {
    return skipped.stream().filter(s -> s.reason() == reason).mapToInt(Skipped::count).sum();
  }

  /** A few lines for a person. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d %s of %d records; characters (mean, most): prompt %.0f, %d; completion %.0f, %d",
            kept(),
            noun,
            records(),
            prompts.mean(),
            prompts.max(),
            completions.mean(),
            completions.max()));
    for (FileSummary file : files) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s (%s): %s; %d of %d records",
              file.file(),
              file.kind(),
              file.format(),
              file.kept(),
              file.records()));
    }
    if (!leftOut.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  not read, of another part of the data by their names: %s; to use one, name the file (--eval"
                  + " for what is held out)",
              String.join(", ", leftOut.stream().map(Path::toString).toList())));
    }
    for (Skipped skip : skipped) {
      text.append(String.format(Locale.ROOT, "%n  skipped, %s: %d", skip.reason(), skip.count()));
      skip.first().forEach(place -> text.append(String.format(Locale.ROOT, "%n    %s", place)));
    }
    if (!unread.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  not read, though some formats give them a meaning: %s",
              unread.stream()
                  .map(
                      column ->
                          String.format(
                              Locale.ROOT,
                              "%s (%d records)",
                              Shown.text(column.column()),
                              column.records()))
                  .collect(Collectors.joining(", "))));
    }
    margins.ifPresent(
        known ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%n  margins of the data beside %d pairs (mean %s, most %s nats), for losses that use them",
                    known.pairs(),
                    shown(known.mean()),
                    shown(known.max()))));
    ratings.ifPresent(
        known ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%n  ratings beside %d pairs (differences %s to %s points, root mean square %s); they are"
                        + " margins only where a rule (--margin-per-spread, --margin-per-point) makes them so",
                    known.pairs(),
                    shown(known.least()),
                    shown(known.most()),
                    shown(known.spread()))));
    return text.toString();
  }

  /** Four digits, and no zeros after them. */
  private static String shown(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
