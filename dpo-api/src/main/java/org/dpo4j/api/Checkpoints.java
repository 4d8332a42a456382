package org.dpo4j.api;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.api.files.OwnFile;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.math.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states a run wrote down, and which of them are kept. */
final class Checkpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private static final String DIRECTORY = "checkpoints";
  private static final String FINAL = "final";
  private static final String BEST = "best";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,10})");

  /** What a run that was killed may leave; whatever else is in its directory is its owner's. */
  private static final Pattern HALF_DONE =
      Pattern.compile(
          "\\.(run\\.json|(alarms|pairs|samples)\\.jsonl|report\\.(txt|html)|final(\\.old)?)\\.tmp");

  private static final Pattern HALF_DONE_CHECKPOINT =
      Pattern.compile("\\.(step-\\d{8,10}(\\.old)?|best)\\.tmp");

  private final RunDirectory to;
  private final Disk disk;
  private final Path directory;
  private final BestEvaluation best;

  private Checkpoints(RunDirectory to, EarlyStopping rule) {
    this.to = to;
    this.disk = to.disk();
    this.directory = to.path().resolve(DIRECTORY);
    this.best = new BestEvaluation(rule);
  }

  /**
   * Those of a run; what one that was killed left half done is deleted.
   *
   * @param rule says which evaluation is better
   * @throws IllegalArgumentException if their directory is a link, behind which old ones would be
   *     deleted
   */
  static Checkpoints in(RunDirectory to, EarlyStopping rule) throws IOException {
    Checkpoints checkpoints = new Checkpoints(to, rule);
    Check.that(
        !Files.isSymbolicLink(checkpoints.directory),
        "%s must be a directory of the run's own, and is a link; move the whole run instead, and"
            + " name where it is",
        checkpoints.directory);
    to.disk().makeDirectory(checkpoints.directory);
    deleteHalfDone(to.disk(), to.path(), HALF_DONE);
    deleteHalfDone(to.disk(), checkpoints.directory, HALF_DONE_CHECKPOINT);
    return checkpoints;
  }

  private static void deleteHalfDone(Disk disk, Path place, Pattern names) throws IOException {
    for (Path inside : disk.list(place)) {
      if (names.matcher(String.valueOf(inside.getFileName())).matches()) {
        disk.deleteAll(inside);
      }
    }
  }

  /**
   * A state to go on from.
   *
   * @param snapshot checked
   * @param kept of the metrics
   * @param progress up to it
   * @param stopped why the run had ended, if it had
   */
  record Found(
      Snapshot snapshot, MetricsFile.Kept kept, Progress progress, Optional<StopReason> stopped) {

    void restore(String name, Resumable part) throws IOException {
      part.restore(snapshot.part(name));
    }
  }

  /**
   * The newest state that is whole.
   *
   * @param totalSteps the run's
   * @return empty if none was written yet
   * @throws IllegalStateException if there are some, and none of them is whole
   */
  Optional<Found> newest(int totalSteps) throws IOException {
    List<Path> candidates = new ArrayList<>();
    if (OwnFile.exists(to.path().resolve(FINAL))) {
      candidates.add(to.path().resolve(FINAL));
    }
    candidates.addAll(byStep().descendingMap().values());
    String problem = "";
    for (Path candidate : candidates) {
      try {
        return Optional.of(read(candidate, totalSteps));
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

  private Found read(Path directory, int totalSteps) throws IOException {
    Snapshot snapshot = Snapshot.open(disk, directory);
    CheckpointFacts facts = CheckpointFacts.of(snapshot.about());
    MetricsFile.Kept kept = MetricsFile.check(disk, to.path(), facts.metrics());
    Progress progress = facts.progress();
    MetricsFile.read(disk, to.path(), kept, line -> RunLines.addTo(progress, line, totalSteps));
    if (progress.step() != facts.step()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "it is of step %d, and its metrics are of %d steps",
              facts.step(),
              progress.step()));
    }
    return new Found(snapshot, kept, progress, facts.stopped());
  }

  private NavigableMap<Integer, Path> byStep() throws IOException {
    TreeMap<Integer, Path> found = new TreeMap<>();
    for (Path inside : disk.list(directory)) {
      Matcher name = NAME.matcher(String.valueOf(inside.getFileName()));
      if (name.matches()) {
        found.put(step(name.group(1)), inside);
      }
    }
    return found;
  }

  /** Ten digits may be more than any step. */
  private static int step(String digits) {
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(digits));
  }

  /** Whether the last step's evaluation is the best so far. */
  boolean isBest(Progress progress) {
    return progress.isEvaluated(progress.step())
        && best.step(progress.evaluations()) == progress.step();
  }

  void write(Progress progress, MetricsFile.Mark mark, ImmutableMap<String, Resumable> parts)
      throws IOException {
    Snapshot.write(
        disk,
        directory.resolve(name(progress.step())),
        CheckpointFacts.json(progress, mark),
        parts);
  }

  /** The end: a policy, and why it is the last. */
  void writeFinal(Progress progress, MetricsFile.Mark mark, StopReason stopped, Resumable policy)
      throws IOException {
    JsonObject about = CheckpointFacts.json(progress, mark);
    CheckpointFacts.ended(about, stopped);
    Snapshot.write(disk, to.path().resolve(FINAL), about, ImmutableMap.of("", policy));
  }

  private static String name(int step) {
    return String.format(Locale.ROOT, "step-%08d", step);
  }

  /** Names the best, and deletes those that are neither it nor among the last. */
  void prune(Progress progress) throws IOException {
    int bestStep = best.step(progress.evaluations());
    if (isBest(progress)) {
      disk.replace(
          directory.resolve(BEST), (name(bestStep) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    // What is beyond this step is not whole, or this run would have gone on from there.
    List<Map.Entry<Integer, Path>> old =
        byStep().headMap(progress.step(), true).entrySet().stream()
            .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
            .skip(to.keepLast())
            .filter(entry -> entry.getKey() != bestStep)
            .toList();
    for (Map.Entry<Integer, Path> entry : old) {
      Snapshot.delete(disk, entry.getValue());
    }
  }
}
