package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.KtoTrainer;
import org.dpo4j.api.NamedLoss;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.RankingTrainer;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainerBuilder;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.UnpairedObjective;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Learns from preferences: pairs, thumbs or rankings, whichever the loss is for. */
@Command(
    name = "train",
    sortOptions = false,
    description = "Trains a policy on preferences, by DPO or another loss.")
final class Train implements Callable<Integer> {

  private static final double LEARNING_RATE = 5e-6;
  private static final int EXAMPLES_COMPARED = 50;

  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private EvaluationOptions evaluation;
  @Mixin private LossOptions loss;
  @Mixin private ReferenceOptions reference;
  @Mixin private AdapterOptions adapter;
  @Mixin private LoopOptions loop;
  @Mixin private SampleOptions samples;
  private @Spec CommandSpec spec;

  /** The data of a run, and what it learns with. */
  private record Run<T>(
      EvaluationOptions.Parts<T> parts, TorchPolicy policy, Reference reference) {}

  /** One kind of data: how it is read, what a model reads of it, how it is learnt from. */
  private record Kind<D, T>(
      Function<PreferenceFiles, FileData<D>> reading,
      Function<D, Dataset<T>> dataset,
      Function<T, Example> example,
      Function<Run<T>, TrainingReport> learning) {}

  @Override
  public Integer call() {
    NamedLoss named = loss.named();
    if (named instanceof NamedLoss.OverPairs pairs) {
      return train(pairs(pairs.objective()));
    }
    if (named instanceof NamedLoss.OverUnpaired unpaired) {
      return train(thumbs(unpaired.objective()));
    }
    return train(rankings(((NamedLoss.OverRankings) named).objective()));
  }

  private Kind<PreferenceDataset, PreferencePair> pairs(PairObjective objective) {
    boolean margins = objective.traits().usesMargins();
    return new Kind<>(
        files -> (margins ? files : files.marginScale(0)).pairs(),
        pairs -> (margins ? pairs : pairs.map(PreferencePair::withoutMargin)).asDataset(),
        Example::of,
        run -> {
          DpoTrainer.Builder trainer =
              configure(DpoTrainer.builder(), run)
                  .loss(objective)
                  .beta(loss.beta)
                  .reference(run.reference());
          run.parts().heldOut().map(PreferenceDataset::from).ifPresent(trainer::evaluation);
          return trainer.build().train(PreferenceDataset.from(run.parts().train()));
        });
  }

  private Kind<Dataset<UnpairedExample>, UnpairedExample> thumbs(UnpairedObjective objective) {
    return new Kind<>(
        PreferenceFiles::unpaired,
        Function.identity(),
        Example::of,
        run -> {
          KtoTrainer.Builder trainer =
              configure(KtoTrainer.builder(), run)
                  .loss(objective)
                  .beta(loss.beta)
                  .reference(run.reference());
          run.parts().heldOut().ifPresent(trainer::evaluation);
          return trainer.build().train(run.parts().train());
        });
  }

  private Kind<Dataset<RankedExample>, RankedExample> rankings(Objective<RankingBatch> objective) {
    return new Kind<>(
        PreferenceFiles::rankings,
        Function.identity(),
        Example::of,
        run -> {
          RankingTrainer.Builder trainer =
              configure(RankingTrainer.builder(), run)
                  .loss(objective)
                  .beta(loss.beta)
                  .reference(run.reference());
          run.parts().heldOut().ifPresent(trainer::evaluation);
          return trainer.build().train(run.parts().train());
        });
  }

  private <B extends TrainerBuilder<B>> B configure(B trainer, Run<?> run) {
    B configured = loop.applyTo(trainer.policy(run.policy()), LEARNING_RATE, progress());
    if (run.parts().heldOut().isPresent()) {
      evaluation.every.ifPresent(configured::evaluateEvery);
    }
    return configured;
  }

  private ProgressLine progress() {
    return ProgressLine.on(spec.commandLine().getErr());
  }

  private <D, T> int train(Kind<D, T> kind) {
    try (ReferenceOptions held = reference;
        FileData<D> read = read(kind, data.files());
        FileData<D> apart =
            evaluation.files.isEmpty() ? null : read(kind, data.files(evaluation.files));
        LanguageModel loaded = model.load()) {
      EvaluationOptions.Parts<T> parts =
          evaluation.divide(
              kind.dataset().apply(read.dataset()),
              Optional.ofNullable(apart).map(FileData::dataset).map(kind.dataset()),
              loop.seed);
      List<Example> some = parts.some(EXAMPLES_COMPARED).stream().map(kind.example()).toList();
      TorchPolicy policy = adapter.policy(loaded, loop.seed);
      Reference resolved =
          held.open(loaded, model, adapter, loss.named().objective().traits(), some);
      SampleOptions.Samples before =
          samples.before(policy, some.stream().map(Example::prompt).toList());
      TrainingReport report = kind.learning().apply(new Run<>(parts, policy, resolved));
      return new Outcome(report, policy, before, loop.out).tell(spec.commandLine());
    }
  }

  private <D, T> FileData<D> read(Kind<D, T> kind, PreferenceFiles files) {
    FileData<D> read = kind.reading().apply(files);
    spec.commandLine().getErr().println(read.summary());
    return read;
  }
}
