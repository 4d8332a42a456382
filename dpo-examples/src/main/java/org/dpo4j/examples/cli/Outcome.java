package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.dpo4j.api.StopReason;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine;

/**
 * A run that has ended.
 *
 * @param report how it went
 * @param policy what it made
 * @param samples what the policy answered before
 * @param run its directory
 */
record Outcome(TrainingReport report, TorchPolicy policy, SampleOptions.Samples samples, Path run) {

  /** Says how the run went, and where things are; gives the exit code. */
  int tell(CommandLine line) {
    if (report.stopped() == StopReason.CANCELLED) {
      line.getOut().println(report);
      line.getErr().println("dpo: interrupted; --resume goes on");
      return Interrupts.INTERRUPTED;
    }
    SampleOptions.after(samples, policy, run);
    // An adapter is as PEFT has it already; weights become a checkpoint that transformers loads.
    boolean adapter = policy.description().containsKey("adapter");
    if (!adapter) {
      Merge.tell(policy.saveMerged(run.resolve("model")), line.getErr());
    }
    // Last, since it may fail where nobody reads it, and what was learnt is to be kept.
    line.getOut()
        .printf(
            Locale.ROOT,
            "%s%n%s: %s%nreport: %s%n",
            report,
            adapter ? "adapter" : "model",
            run.resolve(adapter ? "final" : "model"),
            run.resolve("report.html"));
    return 0;
  }
}
