package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dpo4j.api.TimeEstimate;
import org.dpo4j.api.TrainingPlan;
import org.dpo4j.torch.MemoryEstimate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what {@link Train} would need, by the same options. */
@Command(
    name = "estimate",
    sortOptions = false,
    description = {
      "Says what memory and time dpo train would take with the same options, and trains nothing.",
      "Exit code 1 where the memory is too little; then no step is timed."
    })
final class Estimate implements Callable<Integer>, Checked {

  @Mixin private TrainOptions options;

  @Option(
      names = "--timing-seconds",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long steps are timed, about; 0 for the fewest steps (${DEFAULT-VALUE}).")
  int timingSeconds;

  private @Spec CommandSpec spec;

  @Override
  public void requireInputs() {
    options.requireFolders();
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    return options.with(
        err,
        job -> {
          TrainingPlan plan = job.plan().get();
          MemoryEstimate memory = options.memory.bounded(job.policy().memory(plan));
          print(plan, out);
          print(memory, out);
          if (!memory.fits() && !options.memory.force) {
            err.println("dpo: that does not fit, so no step was timed; --force times some anyway");
            return 1;
          }
          print(TimeEstimate.measure(job.policy(), plan, Duration.ofSeconds(timingSeconds)), out);
          return 0;
        });
  }

  private static void print(TrainingPlan plan, PrintWriter out) {
    row(
        out,
        "steps",
        String.format(Locale.ROOT, "%d (%d an epoch)", plan.steps(), plan.stepsPerEpoch()));
    row(out, "tokens", String.valueOf(plan.training().tokens()));
    row(
        out,
        "micro-batches",
        String.format(
            Locale.ROOT,
            "%d, of at most %d tokens",
            plan.training().microBatches(),
            TrainingPlan.tokens(plan.largest())));
    row(out, "evaluations", String.valueOf(plan.evaluations()));
  }

  private static void print(MemoryEstimate memory, PrintWriter out) {
    out.println("memory");
    MemoryOptions.parts(memory)
        .forEach((name, bytes) -> row(out, "  " + name, MemoryOptions.size(bytes)));
    row(out, "  total", MemoryOptions.size(memory.total()));
    memory.available().ifPresent(bytes -> row(out, "  available", MemoryOptions.size(bytes)));
  }

  private static void print(TimeEstimate time, PrintWriter out) {
    out.println("time");
    row(out, "  learning", seconds(time.learning()));
    row(out, "  reference", seconds(time.reference()));
    row(out, "  scoring", seconds(time.scoring()));
    row(out, "  optimizer", seconds(time.optimizer()));
    row(out, "  warm-up", seconds(time.warmUp()));
    row(out, "  a step", seconds(time.perStep()));
    row(out, "  total", seconds(time.total()));
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-14s %s%n", name, value);
  }

  private static String seconds(double seconds) {
    return seconds < 600
        ? String.format(Locale.ROOT, "%.3g s", seconds)
        : ProgressLine.duration(seconds);
  }
}
