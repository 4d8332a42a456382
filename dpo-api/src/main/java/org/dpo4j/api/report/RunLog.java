package org.dpo4j.api.report;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.core.math.Check;

/**
 * What a run's directory says of it.
 *
 * @param configuration {@code run.json}
 * @param series metrics by name, in the order in which they first came
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
    int steps,
    double seconds,
    int skipped,
    Optional<String> stopped,
    ImmutableList<Warning> alarms,
    ImmutableList<Pairs.Row> pairs,
    ImmutableList<Sample> samples) {

  /** An alarm, as it was written down. */
  record Warning(String kind, int step, String message, String advice) {}

  /**
   * What a policy answered.
   *
   * @param when for instance {@code before}
   */
  record Sample(String when, String prompt, String completion) {}

  private static final String STEP = "step";
  private static final String TIME = "time";

  /**
   * Reads a directory. A last line that is not whole, as a killed process leaves it, is left out.
   *
   * @throws IllegalArgumentException if it is no run's
   */
  static RunLog read(Path directory) {
    Path run = directory.resolve("run.json");
    Check.that(
        Files.isRegularFile(run), "%s is no directory of a run: there is no run.json", directory);
    Map<String, List<Series.Point>> series = new LinkedHashMap<>();
    int steps = 0;
    int skipped = 0;
    double seconds = 0;
    for (JsonObject line : lines(directory.resolve("metrics.jsonl"))) {
      int step = line.get(STEP).getAsInt();
      steps = Math.max(steps, step);
      seconds = line.has(TIME) ? line.get(TIME).getAsDouble() : seconds;
      if (line.has("skipped")) {
        skipped++;
        continue;
      }
      for (Map.Entry<String, JsonElement> metric : line.entrySet()) {
        if (!metric.getKey().equals(STEP) && !metric.getKey().equals(TIME)) {
          series
              .computeIfAbsent(metric.getKey(), name -> new ArrayList<>())
              .add(new Series.Point(step, metric.getValue().getAsDouble()));
        }
      }
    }
    return new RunLog(
        object(run),
        series.entrySet().stream()
            .collect(
                ImmutableMap.toImmutableMap(
                    Map.Entry::getKey,
                    entry -> new Series(entry.getKey(), ImmutableList.copyOf(entry.getValue())))),
        steps,
        seconds,
        skipped,
        stopped(directory.resolve("final").resolve("checkpoint.json")),
        lines(directory.resolve("alarms.jsonl")).stream()
            .map(RunLog::warning)
            .collect(ImmutableList.toImmutableList()),
        lines(directory.resolve("pairs.jsonl")).stream()
            .map(RunLog::pair)
            .collect(ImmutableList.toImmutableList()),
        lines(directory.resolve("samples.jsonl")).stream()
            .map(RunLog::sample)
            .collect(ImmutableList.toImmutableList()));
  }

  private static Warning warning(JsonObject line) {
    return new Warning(
        line.get("kind").getAsString(),
        line.get(STEP).getAsInt(),
        line.get("message").getAsString(),
        line.get("advice").getAsString());
  }

  private static Pairs.Row pair(JsonObject line) {
    return new Pairs.Row(
        line.get("held_out").getAsBoolean(),
        line.get("reward_chosen").getAsDouble(),
        line.get("reward_rejected").getAsDouble(),
        line.get("tokens_chosen").getAsInt() - line.get("tokens_rejected").getAsInt());
  }

  private static Sample sample(JsonObject line) {
    return new Sample(
        line.get("when").getAsString(),
        line.get("prompt").getAsString(),
        line.get("completion").getAsString());
  }

  private static Optional<String> stopped(Path manifest) {
    if (!Files.exists(manifest)) {
      return Optional.empty();
    }
    JsonObject about = object(manifest).getAsJsonObject("manifest").getAsJsonObject("about");
    return Optional.of(about.get("stopped").getAsString());
  }

  private static JsonObject object(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IllegalArgumentException(file + " must be a JSON object: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  /** Of a file of JSON lines; none if it isn't there. */
  static List<JsonObject> lines(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
    List<JsonObject> lines = new ArrayList<>();
    int number = 0;
    for (String line : Splitter.on('\n').split(text.substring(0, text.lastIndexOf('\n') + 1))) {
      number++;
      try {
        if (!line.isBlank()) {
          lines.add(JsonParser.parseString(line).getAsJsonObject());
        }
      } catch (JsonParseException | IllegalStateException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s:%d must be a JSON object: %s", file, number, e.getMessage()),
            e);
      }
    }
    return lines;
  }
}
