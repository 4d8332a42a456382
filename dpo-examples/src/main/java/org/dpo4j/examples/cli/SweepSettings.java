package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.LearningRates;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.StopReason;
import org.dpo4j.api.Sweep;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.theory.SampledKl;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains with several β and losses, and says which to take. */
@Command(
    name = "sweep",
    sortOptions = false,
    description = {
      "Trains with each β and loss from one cached reference, and compares accuracy on held-out pairs, KL and reward.",
      "Says which setting to take, and why: OUT/report.html has the picture, OUT/SETTING a run each."
    })
final class SweepSettings implements Callable<Integer>, Checked {

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;
  @Mixin private DataOptions data;
  @Mixin private AmountOptions amount;
  @Mixin private EvaluationOptions evaluation;

  @Option(
      names = "--betas",
      split = ",",
      paramLabel = "BETA",
      description =
          "Each β to train with (half, once, twice and five times the loss's usual one: 0.05,0.1,0.2,0.5 for most).")
  private List<Double> betas = List.of();

  @Option(
      names = "--losses",
      split = ",",
      defaultValue = "dpo",
      paramLabel = "LOSS",
      description = "Each loss over pairs to train with, by name (${DEFAULT-VALUE}).")
  private List<String> losses;

  @Mixin private SweepReference reference;
  @Mixin private AdapterOptions adapter;
  @Mixin private LoopOptions loop;
  @Mixin private KlOptions kl;
  private @Spec CommandSpec spec;

  @Override
  public void check() {
    requireHeldOut(!evaluation.heldOut.holdsNothingOut());
    WhereTo.requireDirectory(loop.directory());
    sweep()
        .settings()
        .forEach(setting -> loop.requireReady(loop.directory().resolve(setting.directory())));
  }

  @Override
  public void requireInputs() {
    adapter.requireFolder(model.model);
    ModelFolder.requireNamed("--reference", model.model, reference.what.orElse(""));
  }

  private static void requireHeldOut(boolean isSome) {
    if (!isSome) {
      throw new IllegalArgumentException(
          "settings are compared on held-out pairs: give some with --eval or --eval-fraction");
    }
  }

  private Sweep sweep() {
    return betas.isEmpty() ? Sweep.of(losses) : Sweep.of(losses, betas);
  }

  @Override
  public Integer call() {
    Sweep sweep = sweep();
    try (AmountOptions.Taken<PreferencePair> read =
            amount.read(
                data,
                PreferenceFiles::pairs,
                SweepSettings::plain,
                loop.seed,
                spec.commandLine().getErr());
        FileData<PreferenceDataset> apart =
            evaluation.heldOut.files.isEmpty()
                ? null
                : data.heldOut(evaluation.heldOut.files).pairs()) {
      HeldOutOptions.Parts<PreferencePair> parts =
          evaluation.heldOut.divide(
              read.dataset(),
              Optional.ofNullable(apart).map(FileData::dataset).map(SweepSettings::plain),
              loop.seed,
              PreferencePair::id);
      requireHeldOut(parts.heldOut().isPresent());
      Sweep.Result result =
          sweep.run(loop.directory(), (setting, run) -> train(setting, run, parts));
      spec.commandLine().getOut().println(result);
      if (result.outcomes().size() < sweep.settings().size()) {
        spec.commandLine().getErr().println("dpo: interrupted; --resume goes on");
        return Interrupts.INTERRUPTED;
      }
      spec.commandLine().getOut().println("report: " + loop.directory().resolve("report.html"));
      return 0;
    }
  }

  private static Dataset<PreferencePair> plain(PreferenceDataset pairs) {
    return pairs.map(PreferencePair::withoutMargin).asDataset();
  }

  /** On a model of its own, since training may change its weights. */
  private Sweep.Trained train(
      Sweep.Setting setting, Path run, HeldOutOptions.Parts<PreferencePair> parts) {
    ProgressLine progress = ProgressLine.on(spec.commandLine().getErr());
    progress.say(setting.toString());
    PreferenceDataset heldOut = PreferenceDataset.from(parts.heldOut().orElseThrow());
    try (LanguageModel loaded = model.load(texts.tokenization(data));
        TorchPolicy policy = adapter.policy(loaded, loop.seed);
        SweepReference.Opened held =
            reference.open(
                loaded,
                model,
                adapter,
                parts.some(TrainOptions.EXAMPLES_COMPARED).stream().map(Example::of).toList())) {
      DpoTrainer.Builder trainer =
          loop.applyTo(
                  DpoTrainer.builder().policy(policy),
                  LearningRates.forPreferences(policy, setting.objective()),
                  progress,
                  run)
              .loss(setting.objective())
              .beta(setting.beta())
              .evaluation(heldOut);
      if (setting.objective().traits().needsReference()) {
        trainer.reference(
            Reference.cached(held.reference(), Sweep.referenceCache(loop.directory())));
      }
      evaluation.applyTo(trainer);
      TrainingReport report =
          progress.during(() -> trainer.build().train(PreferenceDataset.from(parts.train())));
      return report.stopped() == StopReason.CANCELLED
          ? Sweep.Trained.of(report)
          : new Sweep.Trained(report, Optional.of(distance(held.scorer(loaded), policy, parts)));
    }
  }

  private SampledKl distance(
      Optional<TokenScorer> held, TorchPolicy policy, HeldOutOptions.Parts<PreferencePair> parts) {
    List<Text> prompts =
        kl.some(
            parts.some(Integer.MAX_VALUE).stream()
                .map(PreferencePair::prompt)
                .filter(policy.generator()::takes));
    if (held.isPresent()) {
      return policy.generator().klTo(held.get(), prompts, kl.sampling());
    }
    try (LanguageModel before = model.load(texts.tokenization(data))) {
      return policy.generator().klTo(before.base(), prompts, kl.sampling());
    }
  }
}
