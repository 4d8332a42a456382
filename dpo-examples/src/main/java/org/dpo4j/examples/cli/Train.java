package org.dpo4j.examples.cli;

import java.util.concurrent.Callable;
import org.dpo4j.api.TrainingReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Learns from preferences: pairs, thumbs or rankings, whichever the loss is for. */
@Command(
    name = "train",
    sortOptions = false,
    description = "Trains a policy on preferences, by DPO or another loss.")
final class Train implements Callable<Integer>, Checked {

  @Mixin private TrainOptions options;
  private @Spec CommandSpec spec;

  @Override
  public void check() {
    options.loop.requireReady();
  }

  @Override
  public void requireInputs() {
    options.requireFolders();
  }

  @Override
  public Integer call() {
    return options.with(spec.commandLine().getErr(), this::train);
  }

  private int train(TrainOptions.Job job) {
    options.memory.require(job.policy().memory(job.plan().get()), spec.commandLine().getErr());
    SampleOptions.Samples before = options.samples.before(job.policy(), job.prompts());
    TrainingReport report = job.training().get();
    return new Outcome(report, job.policy(), before, options.loop.directory())
        .tell(spec.commandLine());
  }
}
