package org.dpo4j.examples.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SftLoss;
import org.dpo4j.api.SftTrainer;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Imitates the chosen completions: what the reference of DPO should come from. */
@Command(
    name = "sft",
    sortOptions = false,
    description = {
      "Trains a policy to write the chosen completions of preferences.",
      "Its adapter is where dpo train --init-adapter starts."
    })
final class Sft implements Callable<Integer> {

  private static final double LEARNING_RATE = 1e-4;
  private static final int SAMPLED_FROM = 50;

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private EvaluationOptions evaluation;

  @Option(
      names = "--learn-prompts",
      description = "Learn to write the prompts, too: for running text.")
  private boolean learnPrompts;

  @Mixin private AdapterOptions adapter;
  @Mixin private LoopOptions loop;
  @Mixin private MemoryOptions memory;
  @Mixin private SampleOptions samples;
  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    try (FileData<PreferenceDataset> read = read(data.files());
        FileData<PreferenceDataset> apart =
            evaluation.heldOut.files.isEmpty() ? null : read(data.files(evaluation.heldOut.files));
        LanguageModel loaded = model.load()) {
      HeldOutOptions.Parts<PreferencePair> parts =
          evaluation.heldOut.divide(
              read.dataset().asDataset(),
              Optional.ofNullable(apart).map(FileData::dataset).map(PreferenceDataset::asDataset),
              loop.seed);
      TorchPolicy policy = adapter.policy(loaded, loop.seed);
      ProgressLine progress = ProgressLine.on(spec.commandLine().getErr());
      SftTrainer.Builder trainer =
          loop.applyTo(
              SftTrainer.builder()
                  .policy(policy)
                  .loss(learnPrompts ? SftLoss.FULL_SEQUENCE : SftLoss.COMPLETION_ONLY),
              LEARNING_RATE,
              progress);
      if (parts.heldOut().isPresent()) {
        trainer.evaluation(SftExample.chosenOf(PreferenceDataset.from(parts.heldOut().get())));
        evaluation.every.ifPresent(trainer::evaluateEvery);
      }
      SftTrainer built = trainer.build();
      PreferenceDataset train = PreferenceDataset.from(parts.train());
      memory.require(policy.memory(built.plan(train)), spec.commandLine().getErr());
      SampleOptions.Samples before =
          samples.before(
              policy, parts.some(SAMPLED_FROM).stream().map(PreferencePair::prompt).toList());
      TrainingReport report = progress.during(() -> built.train(train));
      return new Outcome(report, policy, before, loop.directory()).tell(spec.commandLine());
    }
  }

  private FileData<PreferenceDataset> read(PreferenceFiles files) {
    FileData<PreferenceDataset> read = files.marginScale(0).pairs();
    spec.commandLine().getErr().println(read.summary());
    return read;
  }
}
