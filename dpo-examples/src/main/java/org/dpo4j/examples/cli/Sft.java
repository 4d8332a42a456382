package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.LearningRates;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SftLoss;
import org.dpo4j.api.SftTrainer;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Imitates demonstrations or chosen completions: what the reference of DPO should come from. */
@Command(
    name = "sft",
    sortOptions = false,
    description = {
      "Trains a policy to write what was demonstrated, or the chosen completions of preferences.",
      "Its adapter is where dpo train --init-adapter starts."
    })
final class Sft implements Callable<Integer>, Checked {

  private static final int SAMPLED_FROM = 50;

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;
  @Mixin private DataOptions data;
  @Mixin private AmountOptions amount;
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
  public void check() {
    loop.requireReady();
  }

  @Override
  public void requireInputs() {
    adapter.requireFolder(model.model);
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try (AmountOptions.Taken<SftExample> read =
            amount.read(
                data, PreferenceFiles::demonstrations, Function.identity(), loop.seed, err);
        FileData<Dataset<SftExample>> apart =
            evaluation.heldOut.files.isEmpty()
                ? null
                : read(data.heldOut(evaluation.heldOut.files));
        LanguageModel loaded = model.load(texts.tokenization(data))) {
      HeldOutOptions.Parts<SftExample> parts =
          evaluation.heldOut.divide(
              read.dataset(),
              Optional.ofNullable(apart).map(FileData::dataset),
              loop.seed,
              SftExample::id);
      List<Text> prompts = parts.some(SAMPLED_FROM).stream().map(SftExample::prompt).toList();
      if (!learnPrompts) {
        ChatNotice.of(loaded.tokenizer(), prompts.stream()).ifPresent(err::println);
      }
      TorchPolicy policy = adapter.policy(loaded, loop.seed);
      ProgressLine progress = ProgressLine.on(err);
      SftTrainer.Builder trainer =
          loop.applyTo(
              SftTrainer.builder()
                  .policy(policy)
                  .loss(learnPrompts ? SftLoss.FULL_SEQUENCE : SftLoss.COMPLETION_ONLY),
              LearningRates.forImitation(policy),
              progress);
      if (parts.heldOut().isPresent()) {
        trainer.evaluation(parts.heldOut().get());
        evaluation.applyTo(trainer);
      }
      SftTrainer built = trainer.build();
      memory.require(policy.memory(built.plan(parts.train())), err);
      SampleOptions.Samples before = samples.before(policy, prompts);
      TrainingReport report = progress.during(() -> built.train(parts.train()));
      return new Outcome(report, policy, before, loop.directory()).tell(spec.commandLine());
    }
  }

  private FileData<Dataset<SftExample>> read(PreferenceFiles files) {
    FileData<Dataset<SftExample>> read = files.demonstrations();
    spec.commandLine().getErr().println(read.summary());
    return read;
  }
}
