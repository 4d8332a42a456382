package org.dpo4j.api;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import org.dpo4j.core.math.Check;

/**
 * Where a run writes down what it does, so that it survives the end of its process. Immutable; each
 * method that sets something returns a changed copy.
 *
 * <pre>{@code
 * DpoTrainer.builder().policy(policy)
 *     .runDirectory(RunDirectory.at(Path.of("runs/first")).checkpointEvery(100).resume(true)) …
 * }</pre>
 *
 * <table>
 * <caption>In the directory</caption>
 * <tr><td>{@code run.json}</td><td>the resolved configuration: versions, seed, hashes of data and weights</td></tr>
 * <tr><td>{@code metrics.jsonl}</td><td>a line a step, as it is done: {@code step}, the metrics by
 *     name, and {@code time}, seconds of training so far; a line an evaluation, {@code eval_…}; a
 *     line a skipped step, {@code skipped}, {@code value}, {@code examples}. What is no finite
 *     number is text</td></tr>
 * <tr><td>{@code alarms.jsonl}</td><td>a line an alarm, if there were any: {@code kind}, {@code step},
 *     {@code message}, {@code advice}, {@code numbers}</td></tr>
 * <tr><td>{@code pairs.jsonl}</td><td>of runs on pairs, with each checkpoint: a line each of the last
 *     1,000 pairs that were learnt and of the last evaluation's first 5,000, with {@code held_out},
 *     {@code step}, {@code id}, implicit rewards and tokens</td></tr>
 * <tr><td>{@code checkpoints/step-…}</td><td>the state after that step: the policy as its backend
 *     saves it, {@code optimizer/}, {@code reference/} if that moves, {@code pairs/} with what is
 *     drawn of pairs, and {@code checkpoint.json}</td></tr>
 * <tr><td>{@code checkpoints/best}</td><td>the name of the checkpoint with the best evaluation</td></tr>
 * <tr><td>{@code final/}</td><td>the policy at the end of a run that ended by itself, and a model card,
 *     {@code README.md}</td></tr>
 * <tr><td>{@code report.txt}</td><td>the report of such a run, for a person</td></tr>
 * <tr><td>{@code report.html}</td><td>facts, alarms and curves, drawn with each checkpoint and at the end; a
 *     page that needs nothing else</td></tr>
 * </table>
 *
 * <p>A checkpoint is written aside, forced to the disk and then renamed, and all in it has a
 * checksum. Kept are the last ones, and that with the best evaluation: by the metric of early
 * stopping, or the lowest {@code eval_loss}. Each evaluation that is the best so far makes one.
 *
 * <p>A run that was killed goes on from its newest checkpoint that is whole, and ends with the same
 * parameters, bit for bit, and the same metrics as if nothing had happened. That needs the same
 * configuration and data and the policy as it was when the run began; all three are checked. One
 * that was cancelled has written a checkpoint after its last finished step. A run that had ended is
 * not trained again: the policy is restored, and its report returned.
 *
 * <p>Nothing is written through a link, and nothing is deleted but what the run made. The directory
 * may be a link, {@code checkpoints} may not; of a checkpoint that is one, the link is deleted.
 */
public final class RunDirectory {

  private final Path path;
  private final int everySteps;
  private final Duration every;
  private final int keepLast;
  private final boolean resume;
  private final Disk disk;

  private RunDirectory(
      Path path, int everySteps, Duration every, int keepLast, boolean resume, Disk disk) {
    this.path = path;
    this.everySteps = everySteps;
    this.every = every;
    this.keepLast = keepLast;
    this.resume = resume;
    this.disk = disk;
  }

  /**
   * A directory of its own for a run.
   *
   * @param directory made if it isn't there; in the default file system
   * @return with a checkpoint every 500 steps, of which 3 are kept; a run that is there already is
   *     refused
   */
  public static RunDirectory at(Path directory) {
    Check.that(
        directory.getFileSystem() == FileSystems.getDefault(),
        "%s must be a directory of the default file system",
        directory);
    return new RunDirectory(directory, 500, Duration.ofDays(365_000), 3, false, new SystemDisk());
  }

  /**
   * With a checkpoint after every few steps.
   *
   * @param steps steps between checkpoints, ≥ 1; skipped ones count
   * @return the changed copy
   */
  public RunDirectory checkpointEvery(int steps) {
    return new RunDirectory(path, Check.atLeastOne("steps", steps), every, keepLast, resume, disk);
  }

  /**
   * With a checkpoint after the step in which a time has passed since the last one, too.
   *
   * @param time &gt; 0
   * @return the changed copy
   */
  public RunDirectory checkpointEvery(Duration time) {
    Check.that(!time.isNegative() && !time.isZero(), "time must be > 0, got %s", time);
    return new RunDirectory(path, everySteps, time, keepLast, resume, disk);
  }

  /**
   * With another number of checkpoints kept, beside the best.
   *
   * @param checkpoints ≥ 1
   * @return the changed copy
   */
  public RunDirectory keepLast(int checkpoints) {
    return new RunDirectory(
        path, everySteps, every, Check.atLeastOne("checkpoints", checkpoints), resume, disk);
  }

  /**
   * Whether a run that is in the directory goes on.
   *
   * @param newResume true to go on with it, or to begin if there is none; false, the default, to
   *     refuse to train where there is one
   * @return the changed copy
   */
  public RunDirectory resume(boolean newResume) {
    return new RunDirectory(path, everySteps, every, keepLast, newResume, disk);
  }

  /**
   * Refuses a directory in which a run can't begin or go on, to be asked before data and a policy
   * are read: training asks, too, but later. Writes nothing.
   *
   * @throws RefusedException if there is a run in it that shall not go on
   * @throws IllegalArgumentException if there is something else in it
   * @throws IllegalStateException if another run is in it now
   * @throws java.io.UncheckedIOException if it can't be read
   */
  public void requireReady() {
    RecordedRun.requireReady(this);
  }

  /** On another disk. */
  RunDirectory on(Disk newDisk) {
    return new RunDirectory(path, everySteps, every, keepLast, resume, newDisk);
  }

  /**
   * The directory.
   *
   * @return as given
   */
  public Path path() {
    return path;
  }

  int everySteps() {
    return everySteps;
  }

  Duration every() {
    return every;
  }

  int keepLast() {
    return keepLast;
  }

  boolean resumes() {
    return resume;
  }

  Disk disk() {
    return disk;
  }
}
