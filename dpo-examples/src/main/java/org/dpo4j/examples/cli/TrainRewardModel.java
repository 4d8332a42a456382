package org.dpo4j.examples.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RewardModelReport;
import org.dpo4j.api.RewardModelTrainer;
import org.dpo4j.api.RewardModelTrainer.Step;
import org.dpo4j.api.data.FileData;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.RewardModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A reward model with a head of its own, from pairs or from the reward inside a policy. */
@Command(
    name = "reward-model",
    sortOptions = false,
    description = {
      "Trains a scalar reward model on the model: an adapter and a head that gives an answer one number, in one",
      "forward pass where the reward inside a policy takes two. It learns from pairs, or from that reward, and says",
      "how far they agree on held-out pairs. For best-of --reward-model and compare --judge reward-model:DIR."
    })
final class TrainRewardModel implements Callable<Integer>, Checked {

  private static final String FACTS = "reward_model.json";
  private static final int LINES = 10;

  /** What is learnt. */
  enum Loss {
    BRADLEY_TERRY,
    REGRESSION
  }

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;
  @Mixin private DataOptions data;
  @Mixin private MarginOptions margin;
  @Mixin private HeldOutOptions heldOut;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where adapter, head and " + FACTS + ", what was measured, go.")
  private Path out;

  @Option(
      names = "--teacher-adapter",
      paramLabel = "DIR",
      description = "The policy whose reward is learnt, or compared with.")
  private Optional<Path> teacherAdapter = Optional.empty();

  @Option(
      names = "--teacher-reference",
      defaultValue = "adapter-off",
      paramLabel = "WHAT",
      description =
          "What it was trained against: adapter-off, adapter:DIR or model:DIR (${DEFAULT-VALUE}).")
  private String teacherReference;

  @Option(
      names = "--teacher-beta",
      defaultValue = "0.1",
      paramLabel = "BETA",
      description = "Its reward is beta times the log-ratio (${DEFAULT-VALUE}).")
  private double teacherBeta;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "bradley_terry, from which answer was preferred; or regression, on the teacher's rewards (the default "
              + "with a teacher).")
  private Optional<Loss> loss = Optional.empty();

  @Option(
      names = "--centering",
      defaultValue = "0.01",
      paramLabel = "C",
      description = "How strongly bradley_terry keeps rewards around zero (${DEFAULT-VALUE}).")
  private double centering;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--learning-rate",
      defaultValue = "1e-4",
      paramLabel = "RATE",
      description = "The peak learning rate; it falls on a line (${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--epochs",
      defaultValue = "1",
      paramLabel = "N",
      description = "Passes over the data (${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "N",
      description = "Pairs in a step (${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--max-length",
      defaultValue = "1024",
      paramLabel = "TOKENS",
      description =
          "How long prompt and answer may be together; longer pairs are left out and counted (${DEFAULT-VALUE}).")
  private int maxLength;

  @Option(
      names = "--max-grad-norm",
      defaultValue = "1",
      paramLabel = "NORM",
      description = "Gradients are clipped to it (${DEFAULT-VALUE}).")
  private double maxGradNorm;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description = "Where all chance comes from (${DEFAULT-VALUE}).")
  private long seed;

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    if (learnt() == Loss.REGRESSION && teacherAdapter.isEmpty()) {
      throw new IllegalArgumentException("--loss regression needs --teacher-adapter");
    }
    margin.requireUsed(learnt() == Loss.BRADLEY_TERRY, "--loss regression");
    RewardOptions.requireForm("--teacher-reference", teacherReference);
    WhereTo.requireDirectory(out);
  }

  private Loss learnt() {
    return loss.orElse(teacherAdapter.isPresent() ? Loss.REGRESSION : Loss.BRADLEY_TERRY);
  }

  @Override
  public void requireInputs() {
    teacherAdapter.ifPresent(
        folder -> ModelFolder.requireAdapter("--teacher-adapter", model.model, folder));
    ModelFolder.requireNamed("--teacher-reference", model.model, teacherReference);
  }

  @Override
  public Integer call() throws IOException {
    Loss learnt = learnt();
    Files.createDirectories(out);
    try (FileData<PreferenceDataset> read = margin.applyTo(data.files(), Optional.empty()).pairs();
        FileData<PreferenceDataset> apart =
            heldOut.files.isEmpty()
                ? null
                : margin.applyTo(data.heldOut(heldOut.files), Optional.of(read.summary())).pairs();
        LanguageModel loaded = model.load(texts.tokenization(data));
        RewardOptions teaching = teaching()) {
      spec.commandLine().getErr().println(read.summary());
      HeldOutOptions.Parts<PreferencePair> parts =
          heldOut.divide(
              read.dataset().asDataset(),
              Optional.ofNullable(apart).map(FileData::dataset).map(PreferenceDataset::asDataset),
              seed,
              PreferencePair::id);
      Optional<ImplicitRewardModel> teacher =
          Optional.ofNullable(teaching).map(options -> options.rewards(loaded, model));
      RewardModel rewards = loaded.trainRewardModel(lora.of(seed));
      RewardModelTrainer.Trained trained =
          trainer(rewards, learnt == Loss.REGRESSION ? teacher : Optional.empty())
              .train(PreferenceDataset.from(parts.train()), this::tell);
      rewards.save(out);
      Optional<RewardModelReport> report =
          parts
              .heldOut()
              .map(PreferenceDataset::from)
              .map(
                  pairs ->
                      RewardModelReport.of(rewards, teacher, loaded.tokenizer(), pairs, batchSize));
      Files.writeString(
          out.resolve(FACTS),
          facts(learnt, trained, report),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
      PrintWriter to = spec.commandLine().getOut();
      to.println(summary(trained));
      report.ifPresent(to::println);
      to.println("reward model: " + out);
    }
    return 0;
  }

  private @Nullable RewardOptions teaching() {
    return teacherAdapter
        .map(
            adapter ->
                new RewardOptions(adapter, teacherReference, teacherBeta, "--teacher-reference"))
        .orElse(null);
  }

  private RewardModelTrainer trainer(RewardModel rewards, Optional<ImplicitRewardModel> teacher) {
    RewardModelTrainer.Builder builder =
        RewardModelTrainer.builder()
            .model(rewards)
            .optimizer(AdamW.learningRate(learningRate))
            .epochs(epochs)
            .batchSize(batchSize)
            .maxLength(maxLength)
            .maxGradNorm(maxGradNorm)
            .seed(seed);
    return teacher.isPresent()
        ? builder.teacher(teacher.get()).build()
        : builder.centering(centering).build();
  }

  private void tell(Step step) {
    if (step.number() % Math.max(1, step.of() / LINES) == 0 || step.number() == step.of()) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "step %d of %d  loss %.4f  right %.0f %%%n",
              step.number(),
              step.of(),
              step.loss(),
              100 * step.accuracy());
    }
  }

  private static String summary(RewardModelTrainer.Trained trained) {
    return String.format(
        Locale.ROOT,
        "learnt from %d pairs in %d steps%s",
        trained.pairs(),
        trained.steps().size(),
        trained.tooLong() > 0 ? "; left out as too long: " + trained.tooLong() : "");
  }

  private String facts(
      Loss learnt, RewardModelTrainer.Trained trained, Optional<RewardModelReport> report) {
    JsonObject json = new JsonObject();
    json.addProperty("base", model.model.toString());
    json.addProperty("loss", learnt.name().toLowerCase(Locale.ROOT));
    teacherAdapter.ifPresent(
        adapter -> {
          JsonObject teacher = new JsonObject();
          teacher.addProperty("adapter", adapter.toString());
          teacher.addProperty("reference", teacherReference);
          teacher.addProperty("beta", teacherBeta);
          json.add("teacher", teacher);
        });
    json.addProperty("pairs", trained.pairs());
    json.addProperty("too_long", trained.tooLong());
    json.addProperty("epochs", epochs);
    json.addProperty("learning_rate", learningRate);
    json.addProperty("seed", seed);
    report.ifPresent(measured -> json.add("held_out", measured(measured)));
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }

  private static JsonObject measured(RewardModelReport report) {
    JsonObject json = new JsonObject();
    json.addProperty("pairs", report.pairs());
    json.addProperty("accuracy", report.accuracy());
    json.addProperty("millis", report.millis());
    report
        .teacher()
        .ifPresent(
            teacher -> {
              json.addProperty("teacher_accuracy", teacher.accuracy());
              json.addProperty("teacher_millis", teacher.millis());
              json.addProperty("same_order", teacher.sameOrder());
              teacher
                  .correlation()
                  .ifPresent(correlation -> json.addProperty("correlation", correlation));
            });
    return json;
  }
}
