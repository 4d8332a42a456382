package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.data.records.Place;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/** Counts what becomes of records while they are read. */
final class Tally {

  private static final int SHOWN = 3;

  private final List<DataSummary.FileSummary> files = new ArrayList<>();
  private final List<Path> leftOut = new ArrayList<>();
  private final Map<SkipReason, Integer> counts = new EnumMap<>(SkipReason.class);
  private final Map<SkipReason, List<String>> first = new EnumMap<>(SkipReason.class);
  private final Map<String, Integer> unread = new TreeMap<>();
  private final Measure prompts = new Measure();
  private final Measure completions = new Measure();
  private final Strengths margins = new Strengths();
  private final Strengths ratings = new Strengths();

  /** Lengths seen so far. */
  private static final class Measure {
    private long sum;
    private int count;
    private int max;

    void add(Text text) {
      int length =
          text instanceof Text.Chat chat
              ? chat.messages().stream().mapToInt(Measure::length).sum()
              : ((Text.Plain) text).text().length();
      sum += length;
      count++;
      max = Math.max(max, length);
    }

    private static int length(Message message) {
      return message.content().length()
          + message.reasoning().orElse("").length()
          + message.fields().values().stream().mapToInt(String::length).sum();
    }

    DataSummary.Lengths lengths() {
      return new DataSummary.Lengths(count == 0 ? 0 : (double) sum / count, max);
    }
  }

  /** Counts the columns of a record that mean something and were not read. */
  void unread(List<String> columns) {
    columns.forEach(column -> unread.merge(column, 1, Integer::sum));
  }

  /** Margins or differences of ratings seen so far. */
  private static final class Strengths {
    private int count;
    private double sum;
    private double squares;
    private double least = Double.POSITIVE_INFINITY;
    private double most;

    void add(double value) {
      count++;
      sum += value;
      squares += value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }

    Optional<DataSummary.Margins> margins() {
      return count == 0
          ? Optional.empty()
          : Optional.of(new DataSummary.Margins(count, sum / count, most));
    }

    Optional<DataSummary.Ratings> ratings() {
      return count == 0
          ? Optional.empty()
          : Optional.of(new DataSummary.Ratings(count, least, most, Math.sqrt(squares / count)));
    }
  }

  /** Counts something that is left out, and gives how many there were for this reason. */
  int skip(Place place, Examples.Skip skip) {
    List<String> shown = first.computeIfAbsent(skip.reason(), reason -> new ArrayList<>());
    if (shown.size() < SHOWN) {
      shown.add(place + ": " + skip.detail());
    }
    return counts.merge(skip.reason(), 1, Integer::sum);
  }

  void keep(Shape.Parts parts, Shape.Strength strength) {
    strength.margin().ifPresent(margins::add);
    strength.ratingGap().ifPresent(ratings::add);
    prompts.add(parts.prompt());
    parts.completions().forEach(completions::add);
  }

  void leftOut(Path file) {
    leftOut.add(file);
  }

  void file(DataSummary.FileSummary file) {
    files.add(file);
  }

  DataSummary summary(String noun) {
    return new DataSummary(
        noun,
        ImmutableList.copyOf(files),
        ImmutableList.copyOf(leftOut),
        counts.entrySet().stream()
            .map(
                count ->
                    new DataSummary.Skipped(
                        count.getKey(),
                        count.getValue(),
                        ImmutableList.copyOf(first.getOrDefault(count.getKey(), List.of()))))
            .collect(ImmutableList.toImmutableList()),
        unread.entrySet().stream()
            .map(column -> new DataSummary.Unread(column.getKey(), column.getValue()))
            .collect(ImmutableList.toImmutableList()),
        prompts.lengths(),
        completions.lengths(),
        margins.margins(),
        ratings.ratings());
  }
}
