package org.dpo4j.api.report;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;
import org.dpo4j.core.math.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run's directory says of it.
 *
 * @param configuration {@code run.json}
 * @param series what can be drawn of metrics by name, in the order in which they first came
 * @param lastValues of the same metrics
 * @param steps the last step, 0 before the first
 * @param seconds of training so far
 * @param skipped steps that were skipped
 * @param stopped why the run ended, if it has
 * @param alarms that were raised
 * @param pairs with what the policy made of them, if the run was on pairs
 * @param samples of text, if somebody put some there
 */
record RunLog(
    JsonObject configuration,
    ImmutableMap<String, Series> series,
    ImmutableMap<String, Double> lastValues,
    int steps,
    double seconds,
    int skipped,
    Optional<String> stopped,
    ImmutableList<Warning> alarms,
    ImmutableList<Pairs.Row> pairs,
    ImmutableList<Sample> samples) {

  private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

  static final String SAMPLES = "samples.jsonl";

  /** An alarm, as it was written down. */
  record Warning(String kind, int step, String message, String advice) {}

  /** What a line of a file says. */
  @FunctionalInterface
  private interface Meaning<T> {
    T of(JsonFields line) throws OddJsonException;
  }

  /**
   * Reads a directory. A last line that is not whole, as a killed process leaves it, is left out;
   * so are damaged lines of what is only looked at, with a warning a file.
   *
   * @param metrics of the same run, read on
   * @throws IllegalArgumentException if it is no run's, or its metrics are damaged
   * @throws UncheckedIOException if it can't be read
   */
  static RunLog read(Path directory, MetricsLog metrics) {
    Path run = directory.resolve("run.json");
    Check.that(
        Files.isRegularFile(run), "%s is no directory of a run: there is no run.json", directory);
    JsonObject configuration;
    try {
      configuration = object(run).json();
      metrics.readOn();
    } catch (OddJsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the run in " + directory + ": " + e, e);
    }
    return new RunLog(
        configuration,
        metrics.series(),
        metrics.lastValues(),
        metrics.steps(),
        metrics.seconds(),
        metrics.skipped(),
        stopped(directory.resolve("final").resolve("checkpoint.json")),
        drawable(directory.resolve("alarms.jsonl"), RunLog::warning),
        drawable(directory.resolve("pairs.jsonl"), RunLog::pair),
        drawable(directory.resolve(SAMPLES), RunLog::sample));
  }

  private static Warning warning(JsonFields line) throws OddJsonException {
    return new Warning(
        line.text("kind"), line.count("step"), line.text("message"), line.text("advice"));
  }

  private static Pairs.Row pair(JsonFields line) throws OddJsonException {
    return new Pairs.Row(
        line.truth("held_out"),
        line.number("reward_chosen"),
        line.number("reward_rejected"),
        line.count("tokens_chosen") - line.count("tokens_rejected"));
  }

  private static Sample sample(JsonFields line) throws OddJsonException {
    return new Sample(line.text("when"), line.text("prompt"), line.text("completion"));
  }

  private static Optional<String> stopped(Path manifest) {
    if (!Files.exists(manifest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(object(manifest).object("manifest").object("about").text("stopped"));
    } catch (OddJsonException e) {
      LOG.warn("{}; the report can't say how the run ended", e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + manifest + ": " + e, e);
    }
  }

  private static JsonFields object(Path file) throws IOException {
    return JsonFields.parse(text(file), file.toString());
  }

  /** Bytes that are no UTF-8 are damage as any other. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** What lines say that can be read; of the others, a warning. */
  private static <T> ImmutableList<T> drawable(Path file, Meaning<T> meaning) {
    ImmutableList.Builder<T> read = ImmutableList.builder();
    int odd = 0;
    String first = "";
    int number = 0;
    for (String line : wholeLines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        read.add(meaning.of(JsonFields.parse(line, file + ":" + number)));
      } catch (OddJsonException e) {
        odd++;
        first = first.isEmpty() ? String.valueOf(e.getMessage()) : first;
      }
    }
    if (odd > 0) {
      LOG.warn("{} of {} lines are not drawn, the first because {}", odd, number, first);
    }
    return read.build();
  }

  private static List<String> wholeLines(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      String text = text(file);
      return Splitter.on('\n').splitToList(text.substring(0, text.lastIndexOf('\n') + 1));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  /**
   * Of a file of JSON lines; none if it isn't there.
   *
   * @throws IllegalArgumentException if a line is damaged
   */
  static List<JsonFields> lines(Path file) {
    List<JsonFields> lines = new ArrayList<>();
    int number = 0;
    for (String line : wholeLines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        lines.add(JsonFields.parse(line, file + ":" + number));
      } catch (OddJsonException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return lines;
  }
}
