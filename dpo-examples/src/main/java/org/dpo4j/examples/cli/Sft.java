package org.dpo4j.examples.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.PreferenceDataset;
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

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private EvaluationOptions evaluation;

  @Option(
      names = "--learn-prompts",
      description = "Learn to write the prompts, too: for running text.")
  private boolean learnPrompts;

  @Mixin private AdapterOptions adapter;
  @Mixin private LoopOptions loop;
  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    try (FileData<PreferenceDataset> read = read(data.files());
        FileData<PreferenceDataset> apart =
            evaluation.files.isEmpty() ? null : read(data.files(evaluation.files));
        LanguageModel loaded = model.load()) {
      PreferenceDataset.Split split = read.dataset().split(evaluation.share(), loop.seed);
      Optional<PreferenceDataset> heldOut =
          Optional.ofNullable(apart)
              .map(FileData::dataset)
              .or(() -> Optional.of(split.heldOut()).filter(part -> part.size() > 0));
      TorchPolicy policy = adapter.policy(loaded, loop.seed);
      SftTrainer.Builder trainer =
          loop.applyTo(
              SftTrainer.builder()
                  .policy(policy)
                  .loss(learnPrompts ? SftLoss.FULL_SEQUENCE : SftLoss.COMPLETION_ONLY),
              LEARNING_RATE,
              ProgressLine.on(spec.commandLine().getErr()));
      if (heldOut.isPresent()) {
        trainer.evaluation(SftExample.chosenOf(heldOut.get()));
        evaluation.every.ifPresent(trainer::evaluateEvery);
      }
      TrainingReport report = trainer.build().train(split.train());
      return Outcome.of(report, policy, adapter.full, loop.out, spec.commandLine());
    }
  }

  private FileData<PreferenceDataset> read(PreferenceFiles files) {
    FileData<PreferenceDataset> read = files.marginScale(0).pairs();
    spec.commandLine().getErr().println(read.summary());
    return read;
  }
}
