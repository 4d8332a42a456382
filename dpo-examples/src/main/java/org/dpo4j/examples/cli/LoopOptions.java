package org.dpo4j.examples.cli;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.NonFinite;
import org.dpo4j.api.RunDirectory;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.TrainerBuilder;
import org.dpo4j.api.Unfit;
import org.dpo4j.api.tensorboard.TensorBoard;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a training loop runs, and where it writes down what it does. */
final class LoopOptions {

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The run's directory: configuration, metrics, checkpoints, final/, report.html.")
  @Nullable Path out;

  @Option(names = "--resume", description = "Go on with the run that is in --out, if there is one.")
  boolean resume;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "100",
      paramLabel = "STEPS",
      description = "Steps between checkpoints (${DEFAULT-VALUE}).")
  int checkpointEvery;

  @Option(
      names = "--checkpoint-minutes",
      paramLabel = "MINUTES",
      description = "Also a checkpoint once so much time has passed.")
  Optional<Integer> checkpointMinutes = Optional.empty();

  @Option(
      names = "--keep",
      defaultValue = "3",
      paramLabel = "N",
      description = "How many checkpoints are kept, beside the best (${DEFAULT-VALUE}).")
  int keep;

  @Mixin OptimizerOptions optimizer;

  @Option(
      names = "--schedule",
      defaultValue = "linear",
      paramLabel = "NAME",
      description = "How the rate falls: linear, cosine or constant (${DEFAULT-VALUE}).")
  Schedule.Shape schedule;

  @Option(
      names = "--warmup",
      defaultValue = "0",
      paramLabel = "SHARE",
      description = "The share of steps in which the rate rises first (${DEFAULT-VALUE}).")
  double warmup;

  @Option(
      names = "--max-length",
      defaultValue = "1024",
      paramLabel = "TOKENS",
      description =
          "How long an example may be, prompt and completion together (${DEFAULT-VALUE}).")
  int maxLength;

  @Option(
      names = "--unfit",
      defaultValue = "skip",
      paramLabel = "RULE",
      description =
          "What becomes of longer ones, and of those the tokenizer refuses: stop, skip or truncate_prompt; "
              + "the report counts them (${DEFAULT-VALUE}).")
  Unfit unfit;

  @Option(
      names = "--batch-size",
      defaultValue = "4",
      paramLabel = "N",
      description = "Examples computed at a time (${DEFAULT-VALUE}).")
  int batchSize;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Tokens computed at a time, at most: a bound on memory.")
  Optional<Integer> maxTokens = Optional.empty();

  @Option(
      names = "--accumulate",
      defaultValue = "1",
      paramLabel = "N",
      description = "Batches in a step of the optimizer (${DEFAULT-VALUE}).")
  int accumulate;

  @Option(
      names = "--epochs",
      defaultValue = "1",
      paramLabel = "N",
      description = "Passes over the data (${DEFAULT-VALUE}).")
  int epochs;

  @Option(names = "--max-steps", paramLabel = "N", description = "At most so many steps.")
  Optional<Integer> maxSteps = Optional.empty();

  @Option(names = "--no-shuffle", description = "Keep the order of the data.")
  boolean inOrder;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description = "Where all chance comes from (${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--max-grad-norm",
      defaultValue = "1",
      paramLabel = "NORM",
      description = "Gradients are clipped to it (${DEFAULT-VALUE}).")
  double maxGradNorm;

  @Option(
      names = "--skip-non-finite",
      description = "Skip steps that are not finite, at most 10 in a row, and go on.")
  boolean skipNonFinite;

  @Option(
      names = "--tensorboard",
      description = "Also write the metrics for TensorBoard, to tensorboard/ in --out.")
  boolean tensorBoard;

  /**
   * Configures a trainer, with a progress bar and an end on Ctrl-C.
   *
   * @param usualRate the learning rate if none is asked for
   */
  @CanIgnoreReturnValue
  <B extends TrainerBuilder<B>> B applyTo(B builder, double usualRate, ProgressLine progress) {
    return applyTo(builder, usualRate, progress, out);
  }

  /** Likewise, with a run in a directory of its own, or in none. */
  @CanIgnoreReturnValue
  <B extends TrainerBuilder<B>> B applyTo(
      B builder, double usualRate, ProgressLine progress, @Nullable Path run) {
    builder
        .optimizer(optimizer.of(usualRate))
        .schedule(new Schedule(schedule, warmup))
        .maxLength(maxLength)
        .onUnfit(unfit)
        .batchSize(batchSize)
        .accumulateOver(accumulate)
        .epochs(epochs)
        .shuffle(!inOrder)
        .seed(seed)
        .maxGradNorm(maxGradNorm)
        .onNonFinite(skipNonFinite ? NonFinite.SKIP : NonFinite.STOP)
        .cancellation(Cancellation.onShutdown())
        .listener(progress);
    if (run != null) {
      builder.runDirectory(runDirectory(run));
      if (tensorBoard) {
        builder.listener(TensorBoard.in(run.resolve("tensorboard")));
      }
    }
    maxTokens.ifPresent(builder::maxTokens);
    maxSteps.ifPresent(builder::maxSteps);
    return builder;
  }

  /** Refuses an --out in which a run can't begin or go on. */
  void requireReady() {
    requireReady(directory());
  }

  /** Likewise of one of several runs. */
  void requireReady(Path run) {
    WhereTo.requireDirectory(run);
    runDirectory(run).requireReady();
  }

  private RunDirectory runDirectory(Path path) {
    RunDirectory directory =
        RunDirectory.at(path).checkpointEvery(checkpointEvery).keepLast(keep).resume(resume);
    return checkpointMinutes
        .map(minutes -> directory.checkpointEvery(Duration.ofMinutes(minutes)))
        .orElse(directory);
  }

  /** The run's directory, of a command that needs one. */
  Path directory() {
    return Objects.requireNonNull(out);
  }
}
