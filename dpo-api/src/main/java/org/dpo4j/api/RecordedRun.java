package org.dpo4j.api;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.api.report.RunReport;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run in a directory; {@link RunDirectory} says what is in it. Whatever fails or is killed at
 * whatever moment, the newest checkpoint that was there stays there, and the lines up to it.
 */
final class RecordedRun implements RunRecord {

  private static final Logger LOG = LoggerFactory.getLogger(RecordedRun.class);

  /** Where a checkpoint has its policy: not below it, so that PEFT finds an adapter there. */
  private static final String POLICY = "";

  /** Where it has what is drawn of the pairs. */
  private static final String PAIRS = "pairs";

  private static final String REPORT = "report.txt";
  private static final String ALARMS = "alarms.jsonl";
  private static final String PAGE = "report.html";
  private static final String REFERENCE_CACHE = "reference.logprobs";

  /** What a run is, and whether it is one to go on with. */
  private record Described(boolean begunBefore, JsonObject configuration) {}

  private final RunDirectory to;
  private final Described described;
  private final Checkpoints checkpoints;
  private final RunLock lock;
  private final MetricsFile metrics;
  private final Optional<Checkpoints.Found> found;
  private final PairScores pairs = new PairScores();
  private final RunReport report;
  private Progress progress = Progress.none();
  private boolean isDrawn = true;
  private int lastCheckpoint;
  private long lastTime = System.nanoTime();

  private RecordedRun(
      RunDirectory to,
      Described described,
      Checkpoints checkpoints,
      RunLock lock,
      MetricsFile metrics,
      Optional<Checkpoints.Found> found) {
    this.to = to;
    this.described = described;
    this.checkpoints = checkpoints;
    this.lock = lock;
    this.metrics = metrics;
    this.found = found;
    this.report = RunReport.of(to.path());
    found.ifPresent(it -> progress = it.progress());
    this.lastCheckpoint = progress.step();
  }

  /**
   * Takes a directory for a run, and looks where that goes on.
   *
   * @param configuration asked once the directory is the run's
   * @throws IllegalArgumentException if there is a run that shall not, or can't, go on
   * @throws IllegalStateException if another run is in it, or no checkpoint is whole
   * @throws UncheckedIOException if it can't be written
   */
  static RecordedRun open(
      RunDirectory to, EarlyStopping best, int totalSteps, Supplier<JsonObject> configuration) {
    try {
      to.disk().makeDirectory(to.path());
      RunLock lock = RunLock.in(to.path());
      try {
        return open(to.on(new GuardedDisk(to.disk(), lock)), best, totalSteps, lock, configuration);
      } catch (IOException | RuntimeException | Error e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot begin the run in %s: %s", to.path(), e), e);
    }
  }

  private static RecordedRun open(
      RunDirectory to,
      EarlyStopping best,
      int totalSteps,
      RunLock lock,
      Supplier<JsonObject> configuration)
      throws IOException {
    Described described = describe(to, configuration);
    Checkpoints checkpoints = Checkpoints.in(to, best);
    Optional<Checkpoints.Found> found =
        described.begunBefore() ? checkpoints.newest(totalSteps) : Optional.empty();
    MetricsFile metrics =
        MetricsFile.after(
            to.disk(),
            to.path(),
            found.map(Checkpoints.Found::kept).orElse(MetricsFile.Kept.NOTHING));
    return new RecordedRun(to, described, checkpoints, lock, metrics, found);
  }

  /** Writes down the configuration, or compares it with that of the run that is there. */
  private static Described describe(RunDirectory to, Supplier<JsonObject> configuration)
      throws IOException {
    Path file = to.path().resolve(RunConfiguration.FILE);
    if (!Files.exists(file)) {
      requireFree(to);
      JsonObject begun = configuration.get();
      String text =
          new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(begun);
      to.disk().replace(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
      return new Described(false, begun);
    }
    requireToBeResumed(to);
    JsonObject before = read(to.disk(), file);
    JsonObject now = configuration.get();
    RunConfiguration.requireSame(before, now, to.path());
    if (!RunConfiguration.sameVersions(before, now)) {
      LOG.warn(
          "{}: the run began with other versions, {}, and goes on with {}",
          to.path(),
          Shown.text(String.valueOf(before.get("versions"))),
          now.get("versions"));
    }
    return new Described(true, now);
  }

  private static void requireToBeResumed(RunDirectory to) {
    if (!to.resumes()) {
      throw new RefusedException(
          String.format(Locale.ROOT, "there is a run in %s already", to.path()), Remedy.RESUME);
    }
  }

  /** Refuses what {@link #open} would, as far as that shows without data and policy. */
  static void requireReady(RunDirectory to) {
    if (!Files.exists(to.path())) {
      return;
    }
    try {
      if (Files.exists(to.path().resolve(RunConfiguration.FILE))) {
        requireToBeResumed(to);
      } else {
        requireFree(to);
      }
      if (Files.exists(to.path().resolve(RunLock.FILE))) {
        RunLock.in(to.path()).close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot begin the run in %s: %s", to.path(), e), e);
    }
  }

  /**
   * The date that the texts of a run to go on with are written with.
   *
   * @return empty if there is no such run, or its texts have none
   * @throws IllegalArgumentException if what is there describes no run
   * @throws UncheckedIOException if it can't be read
   */
  static Optional<LocalDate> date(RunDirectory of) {
    Path file = of.path().resolve(RunConfiguration.FILE);
    if (!of.resumes() || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return RunConfiguration.date(read(of.disk(), file));
    } catch (OddJsonException e) {
      throw isNoDescription(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(String.format(Locale.ROOT, "cannot read %s: %s", file, e), e);
    }
  }

  private static JsonObject read(Disk disk, Path file) throws IOException {
    try (InputStream in = disk.read(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return JsonFields.parse(text, RunConfiguration.FILE).json();
    } catch (OddJsonException e) {
      throw isNoDescription(file, e);
    }
  }

  private static IllegalArgumentException isNoDescription(Path file, OddJsonException problem) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s is no description of a run (%s); begin another run in another directory",
            file,
            problem.getMessage()),
        problem);
  }

  /** What a run that was killed at its very beginning may have left is in nobody's way. */
  private static void requireFree(RunDirectory to) throws IOException {
    ImmutableSet<String> own = ImmutableSet.of(RunLock.FILE, "." + RunConfiguration.FILE + ".tmp");
    for (Path inside : to.disk().list(to.path())) {
      Check.that(
          own.contains(String.valueOf(inside.getFileName())),
          "%s must be a directory of the run's own, and there is %s in it, but no %s; name another directory",
          to.path(),
          inside.getFileName(),
          RunConfiguration.FILE);
    }
  }

  @Override
  public Optional<Path> referenceCache() {
    return Optional.of(to.path().resolve(REFERENCE_CACHE));
  }

  @Override
  public Optional<StopReason> ended() {
    return found.flatMap(Checkpoints.Found::stopped);
  }

  @Override
  public Progress begin(Parts parts) {
    ImmutableMap<String, Resumable> resumable = resumable(parts);
    if (found.isPresent()) {
      restore(found.get(), resumable);
      LOG.info("{}: goes on after step {}", to.path(), progress.step());
    }
    return progress;
  }

  private void restore(Checkpoints.Found from, ImmutableMap<String, Resumable> parts) {
    try {
      if (from.snapshot().has(PAIRS, PairScores.FILE)) {
        from.restore(PAIRS, pairs);
      } else {
        pairs.readFrom(to.disk(), to.path(), progress.step());
      }
      boolean ended = from.stopped().isPresent();
      for (Map.Entry<String, Resumable> part : parts.entrySet()) {
        if (!ended || part.getKey().equals(POLICY)) {
          from.restore(part.getKey(), part.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "cannot restore the run in %s: %s", to.path(), e), e);
    }
  }

  /** By the directory each has in a checkpoint. */
  private static ImmutableMap<String, Resumable> resumable(Parts parts) {
    ImmutableMap.Builder<String, Resumable> all = ImmutableMap.builder();
    all.put(POLICY, requireResumable("policy", parts.policy()));
    all.put("optimizer", requireResumable("optimizer", parts.optimizer()));
    parts
        .reference()
        .moving()
        .ifPresent(copy -> all.put("reference", requireResumable("moving reference", copy)));
    return all.buildOrThrow();
  }

  /** Refuses a part that can't be saved. */
  static Resumable requireResumable(String what, Object part) {
    if (part instanceof Resumable resumable) {
      return resumable;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "runDirectory(…) needs a %s that can be saved, and %s is not Resumable",
            what,
            part.getClass().getName()));
  }

  @Override
  public void add(TrainingStep done) {
    append(RunLines.of(done, progress.elapsed()));
  }

  @Override
  public void add(SkippedStep done) {
    append(RunLines.of(done, progress.elapsed()));
  }

  @Override
  public void addEvaluation(TrainingStep done) {
    append(RunLines.of(done, progress.elapsed()));
  }

  private void append(JsonObject line) {
    try {
      metrics.append(line);
    } catch (IOException e) {
      throw failed("write " + to.path().resolve(MetricsFile.FILE), e);
    }
  }

  @Override
  public void pairs(Supplier<? extends List<PairScore>> scores) {
    scores.get().forEach(pairs::add);
  }

  @Override
  public void alarms(ImmutableList<Alarm> soFar) {
    Path file = to.path().resolve(ALARMS);
    try {
      if (!soFar.isEmpty() || Files.exists(file)) {
        String lines = soFar.stream().map(alarm -> alarm.json() + "\n").collect(joining());
        to.disk().replace(file, lines.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw failed("write " + file, e);
    }
  }

  @Override
  public void settle(Progress now, Parts parts) {
    boolean late = System.nanoTime() - lastTime >= toNanos(to.every());
    if (now.step() % to.everySteps() == 0 || late || checkpoints.isBest(now)) {
      checkpoint(now, parts);
    }
  }

  private static long toNanos(Duration time) {
    return time.compareTo(Duration.ofDays(10_000)) > 0 ? Long.MAX_VALUE : time.toNanos();
  }

  @Override
  public void cancelled(Progress now, Parts parts) {
    if (now.step() > 0) {
      checkpoint(now, parts);
    }
  }

  private void checkpoint(Progress now, Parts parts) {
    if (now.step() == lastCheckpoint) {
      return;
    }
    try {
      parts.reference().sync();
      checkpoints.write(now, metrics.mark(), withPairs(resumable(parts)));
    } catch (IOException | UncheckedIOException e) {
      throw failed("write the checkpoint of step " + now.step() + " in " + to.path(), e);
    }
    lastCheckpoint = now.step();
    lastTime = System.nanoTime();
    try {
      checkpoints.prune(now);
    } catch (IOException e) {
      throw failed("delete an old checkpoint in " + to.path(), e);
    }
    try {
      draw();
    } catch (IOException | UncheckedIOException e) {
      throw failed("write " + to.path().resolve(PAGE), e);
    }
  }

  /**
   * A run that is killed before it has drawn goes on from a checkpoint's pairs, not from those of
   * the last picture.
   */
  private ImmutableMap<String, Resumable> withPairs(ImmutableMap<String, Resumable> parts) {
    return pairs.isEmpty()
        ? parts
        : ImmutableMap.<String, Resumable>builder().putAll(parts).put(PAIRS, pairs).buildOrThrow();
  }

  @Override
  public void finish(Progress now, Parts parts, TrainingReport report) {
    try {
      if (ended().isEmpty()) {
        // A model that is published has no pairs beside it, so these come first.
        writePairs();
        checkpoints.writeFinal(
            now,
            metrics.mark(),
            report.stopped(),
            new ModelCard(
                requireResumable("policy", parts.policy()), described.configuration(), report));
      }
      Path text = to.path().resolve(REPORT);
      if (ended().isEmpty() || !Files.exists(text)) {
        // The text is the last, so that nothing is missing where it is there.
        draw();
        to.disk().replace(text, (report + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException | UncheckedIOException e) {
      throw failed("write the end of the run in " + to.path(), e);
    }
  }

  private void writePairs() throws IOException {
    if (!pairs.isEmpty()) {
      to.disk().replace(to.path().resolve(PairScores.FILE), pairs.lines());
    }
  }

  private void draw() throws IOException {
    writePairs();
    String page;
    try {
      page = report.html();
    } catch (IllegalArgumentException e) {
      if (isDrawn) {
        LOG.warn("{}: goes on without its report: {}", to.path(), e.getMessage());
      }
      isDrawn = false;
      return;
    }
    isDrawn = true;
    to.disk().replace(to.path().resolve(PAGE), page.getBytes(StandardCharsets.UTF_8));
  }

  private UncheckedIOException failed(String what, Exception e) {
    IOException cause =
        e instanceof UncheckedIOException wrapped ? wrapped.getCause() : (IOException) e;
    return new UncheckedIOException(
        String.format(
            Locale.ROOT,
            "cannot %s: %s; the run ends here, and can be resumed from %s",
            what,
            e,
            lastCheckpoint == 0 ? "its start" : "the checkpoint of step " + lastCheckpoint),
        cause);
  }

  @Override
  public void close() {
    try {
      metrics.close();
    } catch (IOException e) {
      LOG.warn("{}: {}", to.path(), e.toString());
    } finally {
      release();
    }
  }

  private void release() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("{}: {}", to.path(), e.toString());
    }
  }
}
