package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.KtoTrainer;
import org.dpo4j.api.LearningRates;
import org.dpo4j.api.NamedLoss;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.RankingTrainer;
import org.dpo4j.api.Reference;
import org.dpo4j.api.TrainerBuilder;
import org.dpo4j.api.TrainingPlan;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.UnpairedObjective;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Mixin;

/** All that learning from preferences is told, and the run it makes of it. */
final class TrainOptions implements Checked {

  static final int EXAMPLES_COMPARED = 50;

  @Mixin ModelOptions model;
  @Mixin TextOptions texts;
  @Mixin DataOptions data;
  @Mixin AmountOptions amount;
  @Mixin MarginOptions margin;
  @Mixin EvaluationOptions evaluation;
  @Mixin LossOptions loss;
  @Mixin ReferenceOptions reference;
  @Mixin AdapterOptions adapter;
  @Mixin LoopOptions loop;
  @Mixin SampleOptions samples;
  @Mixin MemoryOptions memory;

  @Override
  public void check() {
    NamedLoss named = loss.named();
    boolean margins =
        named instanceof NamedLoss.OverPairs pairs && pairs.objective().traits().usesMargins();
    margin.requireUsed(margins, "loss '" + named.objective().name() + "'");
  }

  /** Refuses folders of adapters and models that are none. */
  void requireFolders() {
    adapter.requireFolder(model.model);
    ModelFolder.requireNamed("--reference", model.model, reference.what.orElse(""));
  }

  /**
   * A run that has not started.
   *
   * @param policy is to be trained
   * @param prompts some of the data's
   * @param plan counts what the run will do
   * @param training runs it
   */
  record Job(
      TorchPolicy policy,
      List<Text> prompts,
      Supplier<TrainingPlan> plan,
      Supplier<TrainingReport> training) {}

  /** The data of a run, what it learns with, and who is told of it. */
  private record Run<T>(
      HeldOutOptions.Parts<T> parts,
      TorchPolicy policy,
      Reference reference,
      List<Text> prompts,
      ProgressLine progress) {

    Job job(Supplier<TrainingPlan> plan, Supplier<TrainingReport> training) {
      return new Job(policy, prompts, plan, () -> progress.during(training));
    }
  }

  /** One kind of data: how it is read, what a model reads of it, how it is learnt from. */
  private record Kind<D, T>(
      BiFunction<PreferenceFiles, Optional<DataSummary>, FileData<D>> reading,
      Function<D, Dataset<T>> dataset,
      Function<T, Example> example,
      Function<Run<T>, Job> job) {}

  /**
   * Reads the data, loads the model and hands over the run, open for as long as that takes.
   *
   * @param err what is told meanwhile
   * @param use what becomes of the run
   * @return what that gives
   */
  int with(PrintWriter err, ToIntFunction<Job> use) {
    NamedLoss named = loss.named();
    if (named instanceof NamedLoss.OverPairs pairs) {
      return with(pairs(pairs.objective()), err, use);
    }
    if (named instanceof NamedLoss.OverUnpaired unpaired) {
      return with(thumbs(unpaired.objective()), err, use);
    }
    return with(rankings(((NamedLoss.OverRankings) named).objective()), err, use);
  }

  private Kind<PreferenceDataset, PreferencePair> pairs(PairObjective objective) {
    boolean margins = objective.traits().usesMargins();
    return new Kind<>(
        (files, learnt) -> margin.applyTo(files, learnt).pairs(),
        pairs -> (margins ? pairs : pairs.map(PreferencePair::withoutMargin)).asDataset(),
        Example::of,
        run -> {
          DpoTrainer.Builder trainer =
              configure(DpoTrainer.builder(), run, objective)
                  .loss(objective)
                  .reference(run.reference());
          loss.beta.ifPresent(trainer::beta);
          run.parts().heldOut().map(PreferenceDataset::from).ifPresent(trainer::evaluation);
          DpoTrainer built = trainer.build();
          PreferenceDataset train = PreferenceDataset.from(run.parts().train());
          return run.job(() -> built.plan(train), () -> built.train(train));
        });
  }

  private Kind<Dataset<UnpairedExample>, UnpairedExample> thumbs(UnpairedObjective objective) {
    return new Kind<>(
        (files, learnt) -> files.unpaired(),
        Function.identity(),
        Example::of,
        run -> {
          KtoTrainer.Builder trainer =
              configure(KtoTrainer.builder(), run, objective)
                  .loss(objective)
                  .reference(run.reference());
          loss.beta.ifPresent(trainer::beta);
          run.parts().heldOut().ifPresent(trainer::evaluation);
          KtoTrainer built = trainer.build();
          return run.job(
              () -> built.plan(run.parts().train()), () -> built.train(run.parts().train()));
        });
  }

  private Kind<Dataset<RankedExample>, RankedExample> rankings(Objective<RankingBatch> objective) {
    return new Kind<>(
        (files, learnt) -> files.rankings(),
        Function.identity(),
        Example::of,
        run -> {
          RankingTrainer.Builder trainer =
              configure(RankingTrainer.builder(), run, objective)
                  .loss(objective)
                  .reference(run.reference());
          loss.beta.ifPresent(trainer::beta);
          run.parts().heldOut().ifPresent(trainer::evaluation);
          RankingTrainer built = trainer.build();
          return run.job(
              () -> built.plan(run.parts().train()), () -> built.train(run.parts().train()));
        });
  }

  private <B extends TrainerBuilder<B>> B configure(B trainer, Run<?> run, Objective<?> learnt) {
    B configured =
        loop.applyTo(
            trainer.policy(run.policy()),
            LearningRates.forPreferences(run.policy(), learnt),
            run.progress());
    if (run.parts().heldOut().isPresent()) {
      evaluation.applyTo(configured);
    }
    return configured;
  }

  private <D, T> int with(Kind<D, T> kind, PrintWriter err, ToIntFunction<Job> use) {
    try (ReferenceOptions held = reference;
        AmountOptions.Taken<T> read =
            amount.read(
                data,
                files -> kind.reading().apply(files, Optional.empty()),
                kind.dataset(),
                loop.seed,
                err);
        FileData<D> apart =
            evaluation.heldOut.files.isEmpty()
                ? null
                : read(
                    kind,
                    data.heldOut(evaluation.heldOut.files),
                    Optional.of(read.summary()),
                    err);
        LanguageModel loaded = model.load(texts.tokenization(data))) {
      HeldOutOptions.Parts<T> parts =
          evaluation.heldOut.divide(
              read.dataset(),
              Optional.ofNullable(apart).map(FileData::dataset).map(kind.dataset()),
              loop.seed,
              example -> kind.example().apply(example).id());
      List<Example> some = parts.some(EXAMPLES_COMPARED).stream().map(kind.example()).toList();
      ChatNotice.of(loaded.tokenizer(), some.stream().map(Example::prompt)).ifPresent(err::println);
      TorchPolicy policy = adapter.policy(loaded, loop.seed);
      Reference resolved =
          held.open(
              loaded,
              model,
              loss.named().objective().traits().needsReference()
                  ? adapter.reference()
                  : Reference.none(),
              some);
      List<Text> prompts = some.stream().map(Example::prompt).toList();
      return use.applyAsInt(
          kind.job().apply(new Run<>(parts, policy, resolved, prompts, ProgressLine.on(err))));
    }
  }

  private <D, T> FileData<D> read(
      Kind<D, T> kind, PreferenceFiles files, Optional<DataSummary> learnt, PrintWriter err) {
    FileData<D> read = kind.reading().apply(files, learnt);
    err.println(read.summary());
    return read;
  }
}
