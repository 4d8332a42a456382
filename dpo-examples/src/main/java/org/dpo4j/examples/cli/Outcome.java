package org.dpo4j.examples.cli;

import java.nio.file.Path;
import org.dpo4j.api.StopReason;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine;

/** What a run leaves, said at its end. */
final class Outcome {

  /** By convention, of a process that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private Outcome() {}

  /**
   * Says how the run went, and where things are.
   *
   * @param full whether all weights were trained: then they are written as a checkpoint, too
   */
  static int of(
      TrainingReport report, TorchPolicy policy, boolean full, Path run, CommandLine line) {
    line.getOut().println(report);
    if (report.stopped() == StopReason.CANCELLED) {
      line.getErr().println("dpo: interrupted; --resume goes on");
      return INTERRUPTED;
    }
    if (full) {
      policy.saveMerged(run.resolve("model"));
    }
    line.getOut()
        .printf("%s: %s%n", full ? "model" : "adapter", run.resolve(full ? "model" : "final"));
    line.getOut().printf("report: %s%n", run.resolve("report.html"));
    return 0;
  }
}
