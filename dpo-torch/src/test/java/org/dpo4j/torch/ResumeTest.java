package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.Reference;
import org.dpo4j.api.RunDirectory;
import org.dpo4j.api.StopReason;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run on libtorch that was ended and goes on is the run that was not, bit for bit. */
@Tag("language")
class ResumeTest {

  private static final int STEPS = 9;
  private static final String LAST = String.format(Locale.ROOT, "checkpoints/step-%08d", STEPS);

  @TempDir(factory = FastDisk.class)
  Path directory;

  /** A way to make a policy and to train it. */
  record Kind(
      String name,
      String model,
      Function<LanguageModel, TorchPolicy> policy,
      UnaryOperator<DpoTrainer.Builder> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        lora("lora", trainer -> trainer),
        lora("lora, sgd", trainer -> trainer.optimizer(Sgd.learningRate(0.1).momentum(0.9))),
        lora("lora, rmsprop", trainer -> trainer.optimizer(RmsProp.learningRate(0.01))),
        lora("lora, token budget", trainer -> trainer.maxTokens(40)),
        lora("lora, moving reference", trainer -> trainer.reference(Reference.moving(0.5, 2))),
        kind(
            "lora with dropout",
            "llama",
            model -> model.train(Lora.rank(4).dropout(0.3)),
            trainer -> trainer.batchSize(1).accumulateOver(2)),
        kind(
            "lora with dropout, activations computed again",
            "llama",
            model -> model.train(Lora.rank(4).dropout(0.3)).checkpointing(Checkpointing.on()),
            trainer -> trainer),
        kind(
            "copy of an adapter",
            "gpt2",
            model -> withAdapter("gpt2", model).trainCopyOf("sft"),
            trainer -> trainer.reference(Reference.adapter("sft"))),
        kind(
            "adapter on an adapter",
            "llama",
            model -> withAdapter("llama", model).trainOnTopOf("sft", Lora.rank(3).dropout(0.2)),
            trainer -> trainer.reference(Reference.moving(0.5, 2))),
        weights("weights, adamw", "gpt2", AdamW.learningRate(1e-3).weightDecay(0.1)),
        weights("weights, sgd", "llama", Sgd.learningRate(0.01).momentum(0.9)),
        weights("weights, rmsprop", "gemma3", RmsProp.learningRate(1e-3)),
        kind(
            "some weights, moving reference",
            "llama",
            model -> model.trainWeights(name -> name.contains("q_proj") || name.contains("norm")),
            trainer -> trainer.reference(Reference.moving(0.3, 1))));
  }

  private static Kind kind(
      String name,
      String model,
      Function<LanguageModel, TorchPolicy> policy,
      UnaryOperator<DpoTrainer.Builder> change) {
    return new Kind(name, model, policy, change);
  }

  private static Kind lora(String name, UnaryOperator<DpoTrainer.Builder> change) {
    return kind(name, "llama", model -> model.train(Lora.rank(4)), change);
  }

  private static Kind weights(String name, String model, OptimizerSpec optimizer) {
    return kind(
        name,
        model,
        LanguageModel::trainWeights,
        trainer -> trainer.reference(Reference.frozenCopy()).optimizer(optimizer));
  }

  private static LanguageModel withAdapter(String model, LanguageModel on) {
    return on.loadAdapter("sft", TinyModel.of(model).adapter());
  }

  private static TrainingReport train(Kind kind, Path place, int cancelAfter) {
    Cancellation cancellation = new Cancellation();
    try (LanguageModel model = TinyModel.of(kind.model).load()) {
      return kind.change
          .apply(
              DpoTrainer.builder()
                  .policy(kind.policy.apply(model))
                  .reference(Reference.adapterOff())
                  .optimizer(AdamW.learningRate(0.01))
                  .batchSize(2))
          .epochs(3)
          .cancellation(cancellation)
          .listener(
              step -> {
                if (step.step() == cancelAfter) {
                  cancellation.cancel();
                }
              })
          .runDirectory(RunDirectory.at(place).checkpointEvery(1).resume(true))
          .build()
          .train(Runs.PAIRS);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void resumedTwice_endsAtTheBitsOfTheRunThatWasNot(Kind kind) throws IOException {
    Path whole = directory.resolve("whole");
    TrainingReport report = train(kind, whole, STEPS + 1);

    Path resumed = directory.resolve("resumed");
    assertThat(train(kind, resumed, 2).stopped()).isEqualTo(StopReason.CANCELLED);
    assertThat(train(kind, resumed, 5).stopped()).isEqualTo(StopReason.CANCELLED);
    TrainingReport end = train(kind, resumed, STEPS + 1);

    assertThat(end.steps()).isEqualTo(report.steps()).hasSize(STEPS);
    assertThat(end.finalMetrics().get("loss")).as("it learned").isNotEqualTo(Math.log(2));
    assertThat(Runs.lines(resumed)).isEqualTo(Runs.lines(whole));
    // Moments, a moving reference and where dropout stands among it.
    assertThat(Runs.state(resumed.resolve(LAST))).isEqualTo(Runs.state(whole.resolve(LAST)));
    assertThat(Runs.state(resumed.resolve("final"))).isEqualTo(Runs.state(whole.resolve("final")));
  }

  @Test
  void final_isWhatSaveAdapterWrites_andLoadsAsAnAdapter() throws IOException {
    Path run = directory.resolve("run");
    TinyModel tiny = TinyModel.of("llama");
    TokenValues trained;
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).dropout(0.1).rankStabilized());
      assertThat(trainer(policy, run).train(Runs.PAIRS).steps()).hasSize(STEPS);
      policy.saveAdapter(directory.resolve("adapter"));
      trained = policy.logProbs(tiny.groups());
    }

    assertThat(Runs.state(run.resolve("final")))
        .containsAllEntriesOf(Runs.state(directory.resolve("adapter")))
        .containsKey("torch.json")
        .hasSize(3);
    try (LanguageModel model =
        tiny.load()
            .loadAdapter("final", run.resolve("final"))
            .loadAdapter("last", run.resolve(LAST))) {
      assertThat(model.adapter("final").orElseThrow().logProbs(tiny.groups())).isEqualTo(trained);
      assertThat(model.adapter("last").orElseThrow().logProbs(tiny.groups())).isEqualTo(trained);
    }
  }

  @Test
  void final_ofAnAdapterOnAnother_isNotTakenForAnAdapterOfTheBase() {
    Path run = directory.resolve("run");
    TinyModel tiny = TinyModel.of("llama");
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TorchPolicy policy = model.trainOnTopOf("sft", Lora.rank(4));
      assertThat(trainer(policy, run).train(Runs.PAIRS).steps()).hasSize(STEPS);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.loadAdapter("final", run.resolve("final")))
          .withMessage(
              "%s: must hold an adapter as PEFT saves it, has no adapter_config.json",
              run.resolve("final"));
    }
  }

  @Test
  void endedRun_givesItsPolicyBack() {
    Path run = directory.resolve("run");
    TinyModel tiny = TinyModel.of("llama");
    TokenValues trained;
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      assertThat(trainer(policy, run).train(Runs.PAIRS).steps()).hasSize(STEPS);
      trained = policy.logProbs(tiny.groups());
    }
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      assertThat(trainer(policy, run).train(Runs.PAIRS).stopped()).isEqualTo(StopReason.COMPLETED);
      assertThat(policy.logProbs(tiny.groups())).isEqualTo(trained);
    }
  }

  @Test
  void damagedAdapter_isPassedOver() throws IOException {
    Path whole = directory.resolve("whole");
    Kind kind = kinds().findFirst().orElseThrow();
    assertThat(train(kind, whole, STEPS + 1).steps()).hasSize(STEPS);
    Path run = directory.resolve("run");
    assertThat(train(kind, run, 6).stopped()).isEqualTo(StopReason.CANCELLED);

    Path flipped = run.resolve("checkpoints/step-00000006/adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(flipped);
    bytes[bytes.length - 3] ^= 1;
    Files.write(flipped, bytes);
    Path truncated = run.resolve("checkpoints/step-00000005/adapter_model.safetensors");
    Files.write(truncated, Arrays.copyOf(Files.readAllBytes(truncated), bytes.length - 9));

    assertThat(train(kind, run, STEPS + 1).steps()).hasSize(STEPS);
    assertThat(Runs.state(run.resolve("final"))).isEqualTo(Runs.state(whole.resolve("final")));
    assertThat(Runs.lines(run)).isEqualTo(Runs.lines(whole));
  }

  private static DpoTrainer trainer(TorchPolicy policy, Path run) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(Reference.adapterOff())
        .optimizer(AdamW.learningRate(0.01))
        .batchSize(2)
        .epochs(3)
        .runDirectory(RunDirectory.at(run).checkpointEvery(1).resume(true))
        .build();
  }
}
