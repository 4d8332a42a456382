package org.dpo4j.api;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.loss.Bco;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states a run wrote down, and which of them are kept. */
final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private static final String DIRECTORY = "checkpoints";
  private static final String FINAL = "final";
  private static final String BEST = "best";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,10})");

  private final RunDirectory to;
  private final Disk disk;
  private final Path directory;
  private final EarlyStopping rule;

  private Checkpoints(RunDirectory to, EarlyStopping rule) {
    this.to = to;
    this.disk = to.disk();
    this.directory = to.path().resolve(DIRECTORY);
    this.rule = rule;
  }

  /**
   * Those of a run; what one that was killed left half done is deleted.
   *
   * @param rule says which evaluation is better
   */
  static Checkpoints in(RunDirectory to, EarlyStopping rule) throws IOException {
    Checkpoints checkpoints = new Checkpoints(to, rule);
    to.disk().makeDirectory(checkpoints.directory);
    for (Path place : List.of(to.path(), checkpoints.directory)) {
      for (Path inside : to.disk().list(place)) {
        if (String.valueOf(inside.getFileName()).endsWith(".tmp")) {
          deleteHalfDone(to.disk(), inside);
        }
      }
    }
    return checkpoints;
  }

  private static void deleteHalfDone(Disk disk, Path halfDone) throws IOException {
    if (Files.isDirectory(halfDone)) {
      disk.deleteAll(halfDone);
    } else {
      disk.delete(halfDone);
    }
  }

  /**
   * A state to go on from.
   *
   * @param snapshot checked
   * @param lines of the metrics up to it
   */
  record Found(Snapshot snapshot, String lines) {

    int step() {
      return snapshot.about().get("step").getAsInt();
    }

    /** Why the run had ended, if it had. */
    Optional<StopReason> stopped() {
      return Optional.ofNullable(snapshot.about().get("stopped"))
          .map(name -> StopReason.valueOf(name.getAsString()));
    }

    Progress progress(int totalSteps) {
      JsonObject about = snapshot.about();
      Progress progress =
          Progress.after(
              Duration.ofNanos(about.get("nanoseconds").getAsLong()),
              about.get("tokens").getAsLong(),
              Optional.ofNullable(about.get("reward_shift"))
                  .map(Found::rewardShift)
                  .orElse(Bco.RunningShift.START),
              Optional.ofNullable(about.get("step_zero")).map(Found::stepZero));
      MetricsFile.lines(lines).forEach(line -> RunLines.addTo(progress, line, totalSteps));
      return progress;
    }

    private static Bco.RunningShift rewardShift(JsonElement json) {
      JsonObject shift = json.getAsJsonObject();
      return new Bco.RunningShift(shift.get("mean").getAsDouble(), shift.get("count").getAsLong());
    }

    private static StepZero stepZero(JsonElement json) {
      JsonObject check = json.getAsJsonObject();
      return new StepZero(
          check.get("loss").getAsDouble(),
          check.get("loss_at_reference").getAsDouble(),
          check.has("loss_without_margins")
              ? OptionalDouble.of(check.get("loss_without_margins").getAsDouble())
              : OptionalDouble.empty(),
          check.get("mean_absolute_log_ratio").getAsDouble());
    }

    void restore(String name, Resumable part) throws IOException {
      part.restore(snapshot.part(name));
    }
  }

  /**
   * The newest state that is whole.
   *
   * @return empty if none was written yet
   * @throws IllegalStateException if there are some, and none of them is whole
   */
  Optional<Found> newest() throws IOException {
    List<Path> candidates = new ArrayList<>();
    if (Files.exists(to.path().resolve(FINAL))) {
      candidates.add(to.path().resolve(FINAL));
    }
    candidates.addAll(byStep().descendingMap().values());
    String problem = "";
    for (Path candidate : candidates) {
      try {
        Snapshot snapshot = Snapshot.open(disk, candidate);
        return Optional.of(
            new Found(snapshot, MetricsFile.read(disk, to.path(), mark(snapshot.about()))));
      } catch (IOException e) {
        LOG.warn("{} is not whole, and is passed over: {}", candidate, e.getMessage());
        problem = problem.isEmpty() ? String.valueOf(e.getMessage()) : problem;
      }
    }
    if (!candidates.isEmpty()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "none of the %d checkpoints in %s is whole, the newest because: %s; begin anew in another directory",
              candidates.size(),
              to.path(),
              problem));
    }
    return Optional.empty();
  }

  private NavigableMap<Integer, Path> byStep() throws IOException {
    TreeMap<Integer, Path> found = new TreeMap<>();
    for (Path inside : disk.list(directory)) {
      Matcher name = NAME.matcher(String.valueOf(inside.getFileName()));
      if (name.matches()) {
        found.put(Integer.parseInt(name.group(1)), inside);
      }
    }
    return found;
  }

  /** Whether the last step's evaluation is the best so far. */
  boolean isBest(Progress progress) {
    return progress.isEvaluated(progress.step())
        && progress.bestStep(rule).orElse(0) == progress.step();
  }

  void write(Progress progress, MetricsFile.Mark mark, ImmutableMap<String, Resumable> parts)
      throws IOException {
    Snapshot.write(disk, directory.resolve(name(progress.step())), about(progress, mark), parts);
  }

  /** The end: a policy, and why it is the last. */
  void writeFinal(Progress progress, MetricsFile.Mark mark, StopReason stopped, Resumable policy)
      throws IOException {
    JsonObject about = about(progress, mark);
    about.addProperty("stopped", stopped.name());
    Snapshot.write(disk, to.path().resolve(FINAL), about, ImmutableMap.of("", policy));
  }

  private static String name(int step) {
    return String.format(Locale.ROOT, "step-%08d", step);
  }

  private static JsonObject about(Progress progress, MetricsFile.Mark mark) {
    JsonObject about = new JsonObject();
    about.addProperty("step", progress.step());
    about.addProperty("tokens", progress.tokens());
    about.addProperty("nanoseconds", progress.elapsed().toNanos());
    Bco.RunningShift shift = progress.rewardShift();
    if (shift.count() > 0) {
      JsonObject json = new JsonObject();
      json.addProperty("mean", shift.mean());
      json.addProperty("count", shift.count());
      about.add("reward_shift", json);
    }
    progress
        .stepZero()
        .ifPresent(
            check -> {
              JsonObject json = new JsonObject();
              json.add("loss", RunConfiguration.number(check.loss()));
              json.add("loss_at_reference", RunConfiguration.number(check.lossAtReference()));
              check
                  .lossWithoutMargins()
                  .ifPresent(it -> json.add("loss_without_margins", RunConfiguration.number(it)));
              json.add(
                  "mean_absolute_log_ratio", RunConfiguration.number(check.meanAbsoluteLogRatio()));
              about.add("step_zero", json);
            });
    JsonObject metrics = new JsonObject();
    metrics.addProperty("bytes", mark.bytes());
    metrics.addProperty("sha256", mark.sha256());
    about.add("metrics", metrics);
    return about;
  }

  private static MetricsFile.Mark mark(JsonObject about) {
    JsonObject metrics = about.getAsJsonObject("metrics");
    return new MetricsFile.Mark(
        metrics.get("bytes").getAsLong(), metrics.get("sha256").getAsString());
  }

  /** Names the best, and deletes those that are neither it nor among the last. */
  void prune(Progress progress) throws IOException {
    OptionalInt best = progress.bestStep(rule);
    if (isBest(progress)) {
      disk.replace(
          directory.resolve(BEST), (name(best.getAsInt()) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    // What is beyond this step is not whole, or this run would have gone on from there.
    List<Map.Entry<Integer, Path>> old =
        byStep().headMap(progress.step(), true).entrySet().stream()
            .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
            .skip(to.keepLast())
            .filter(entry -> entry.getKey() != best.orElse(0))
            .toList();
    for (Map.Entry<Integer, Path> entry : old) {
      Snapshot.delete(disk, entry.getValue());
    }
  }
}
