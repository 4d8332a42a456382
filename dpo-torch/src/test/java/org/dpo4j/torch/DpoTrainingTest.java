package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Streams;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.Losses;
import org.dpo4j.api.NonFinite;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.SftTrainer;
import org.dpo4j.api.TrainingException;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.PairObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer over a transformer: references, resumable caches, failures. */
class DpoTrainingTest {

  private static final double LN_2 = Math.log(2);

  private final TinyModel tiny = TinyModel.of("llama");
  private final PreferenceDataset pairs =
      PreferenceDataset.of(
          PreferencePair.of("I really loved this film:", " the acting was superb.", " the plot.")
              .withId("film"),
          PreferencePair.of("A reward is", " the log ratio of two policies", " a small fox")
              .withId("reward"),
          PreferencePair.of("Once upon a time", " a small fox learned", " the story moved me")
              .withId("fox"));

  @Test
  void train_adapterOff_learns() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      TrainingReport report = train(policy, Reference.adapterOff());

      assertThat(loss(report, 0)).isCloseTo(LN_2, within(1e-6));
      assertThat(loss(report, report.steps().size() - 1)).isLessThan(0.3);
    }
  }

  @Test
  void train_loadedAdapterAsReference_startsAtLn2() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TrainingReport copied = train(model.trainCopyOf("sft"), Reference.adapter("sft"));
      assertThat(loss(copied, 0)).isCloseTo(LN_2, within(1e-6));
      TrainingReport stacked =
          train(model.trainOnTopOf("sft", Lora.rank(4)), Reference.adapter("sft"));
      assertThat(loss(stacked, 0)).isCloseTo(LN_2, within(1e-6));
    }
  }

  @Test
  void train_adapterThatWasTrainedWithDropout_hasNone(@TempDir Path directory) throws Exception {
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(tiny.adapter().resolve(file), directory.resolve(file));
    }
    Path config = directory.resolve("adapter_config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"lora_dropout\": *[0-9.]+", "\"lora_dropout\": 0.5"));
    try (LanguageModel model = tiny.load().loadAdapter("sft", directory)) {
      TorchPolicy policy = model.trainCopyOf("sft");
      TrainingReport report = train(policy, Reference.adapter("sft"));

      assertThat(policy.hasDropout()).isFalse();
      assertThat(loss(report, 0)).isCloseTo(LN_2, within(1e-6));
    }
  }

  @Test
  void train_withDropout_isComparedWithItsReferenceWithoutIt() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("sft", 0.5, 3);
      TrainingReport report = train(policy, Reference.adapter("sft"));

      assertThat(policy.hasDropout()).isTrue();
      assertThat(Math.abs(loss(report, 0) - LN_2)).isGreaterThan(1e-3);
      assertThat(report.stepZero().orElseThrow().startsAtReference()).isTrue();
      assertThat(report.stepZero().orElseThrow().loss()).isCloseTo(LN_2, within(1e-6));
    }
  }

  @Test
  void train_sftThenDpoAgainstThatAdapter_startsAtLn2() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      TrainingReport sft =
          SftTrainer.builder()
              .policy(policy)
              .optimizer(AdamW.learningRate(0.01))
              .epochs(10)
              .build()
              .train(pairs);
      assertThat(loss(sft, sft.steps().size() - 1)).isLessThan(loss(sft, 0));

      TrainingReport dpo = train(policy.keepAdapter("sft"), Reference.adapter("sft"));
      assertThat(loss(dpo, 0)).isCloseTo(LN_2, within(1e-6));
      assertThat(loss(dpo, dpo.steps().size() - 1)).isLessThan(0.3);
    }
  }

  @Test
  void train_checkpointedAboveBudget_sameRun() {
    TokenValues kept = withDropout(1, Checkpointing.above(Long.MAX_VALUE));
    assertThat(withDropout(1, Checkpointing.above(0))).isEqualTo(kept);
    assertThat(withDropout(1, Checkpointing.off())).isEqualTo(kept);
  }

  @Test
  void train_anyReferenceOfSameWeights_sameRun(@TempDir Path directory) {
    List<Reference> references =
        List.of(
            Reference.adapterOff(),
            Reference.frozenCopy(),
            Reference.cached(Reference.adapterOff()),
            Reference.cached(Reference.adapterOff(), directory.resolve("reference.cache")),
            Reference.cached(Reference.adapterOff(), directory.resolve("reference.cache")));
    List<TokenValues> results =
        references.stream()
            .map(
                reference -> {
                  try (LanguageModel model = tiny.load()) {
                    TorchPolicy policy = model.train(Lora.rank(4));
                    assertThat(train(policy, reference).steps()).hasSize(40);
                    return policy.logProbs(groups(policy));
                  }
                })
            .toList();
    assertThat(results.stream().distinct()).hasSize(1);
  }

  @Test
  void train_anotherModelAsReference_sameRunAsAdapterOff() {
    TokenValues expected;
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      assertThat(train(policy, Reference.adapterOff()).steps()).hasSize(40);
      expected = policy.logProbs(groups(policy));
    }
    try (LanguageModel model = tiny.load();
        LanguageModel other = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      assertThat(train(policy, Reference.model(other.base())).steps()).hasSize(40);
      assertThat(policy.logProbs(groups(policy))).isEqualTo(expected);
    }
  }

  @Test
  void train_modelOfAnotherVocabularyAsReference_isRefused(@TempDir Path directory)
      throws IOException {
    tiny.copyTo(directory);
    String tokenizer = Files.readString(tiny.directory().resolve("tokenizer.json"));
    JsonObject changed = JsonParser.parseString(tokenizer).getAsJsonObject();
    JsonObject vocabulary = changed.getAsJsonObject("model").getAsJsonObject("vocab");
    JsonElement ofA = vocabulary.get("a");
    vocabulary.add("a", vocabulary.get("e"));
    vocabulary.add("e", ofA);
    Files.writeString(directory.resolve("tokenizer.json"), changed.toString());

    try (LanguageModel model = tiny.load();
        LanguageModel other = LanguageModel.load(directory, Placement.on("cpu"))) {
      TorchPolicy policy = model.train(Lora.rank(4));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> train(policy, Reference.model(other.base())))
          .withMessage(
              "the reference must read the same token ids as the policy, but of example 'fox'"
                  + " 'Once upon a time' is 'Once upon a tima' to it");
    }
  }

  @Test
  void train_movingReference_followsPolicy() {
    try (LanguageModel model = tiny.load()) {
      TrainingReport fixed = train(model.train(Lora.rank(4)), Reference.frozenCopy());
      TrainingReport moving = train(model.train(Lora.rank(4)), Reference.moving(0.6, 2));
      // The gap to a reference that follows stays smaller.
      int last = fixed.steps().size() - 1;
      assertThat(Math.abs(moving.steps().get(last).metrics().get("logratios/gap")))
          .isLessThan(Math.abs(fixed.steps().get(last).metrics().get("logratios/gap")));
    }
  }

  @Test
  void train_weights_learns() {
    try (LanguageModel model = tiny.load()) {
      TrainingReport report = train(model.trainWeights(), Reference.frozenCopy());

      assertThat(loss(report, 0)).isCloseTo(LN_2, within(1e-6));
      assertThat(loss(report, report.steps().size() - 1)).isLessThan(0.1);
    }
  }

  @Test
  void train_withoutReference_learns() {
    try (LanguageModel model = tiny.load()) {
      TrainingReport report = train(model.train(Lora.rank(4)), Reference.none(), Losses.simPo(0.5));
      assertThat(loss(report, report.steps().size() - 1)).isLessThan(loss(report, 0));
    }
  }

  @Test
  void train_statistics_policyWeighted_learns() {
    try (LanguageModel model = tiny.load()) {
      TrainingReport report =
          train(model.train(Lora.rank(4)), Reference.adapterOff(), Losses.dpo().policyWeighted());
      assertThat(loss(report, report.steps().size() - 1)).isLessThan(loss(report, 0));
    }
  }

  @Test
  void train_tokenBudget_sameAsOneBatch() {
    TokenValues whole = afterOneStep(builder -> builder);
    TokenValues parts = afterOneStep(builder -> builder.maxTokens(60));
    for (int row = 0; row < whole.rows(); row++) {
      assertThat(parts.row(row)).containsExactly(whole.row(row), within(1e-4));
    }
  }

  @Test
  void train_dropout_sameSeedSameRun_otherSeedOtherRun() {
    assertThat(withDropout(1, Checkpointing.off()))
        .isEqualTo(withDropout(1, Checkpointing.off()))
        .isNotEqualTo(withDropout(2, Checkpointing.off()));
    // A checkpointed layer must drop the same elements when it runs again.
    assertThat(withDropout(1, Checkpointing.on())).isEqualTo(withDropout(1, Checkpointing.off()));
  }

  @Test
  void train_infiniteWeights_stopsAndNamesPairs_adapterUntouched() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      // One number of the embedding of a token that only pair "fox" has.
      int id = groups(policy).get(2).prompt().get(0);
      Objects.requireNonNull(model.model().tensors().get("model.embed_tokens.weight"))
          .get(id)
          .addi(Float.NaN);
      List<float[]> before = numbers(policy);

      assertThatThrownBy(() -> train(policy, Reference.adapterOff()))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("step 1, pairs")
          .hasMessageContaining("must be a finite number, got NaN")
          .hasMessageContaining("the parameters are as before this step");
      assertThat(numbers(policy)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void train_tooLong_refusedByName() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      PreferenceDataset long1 =
          PreferenceDataset.of(
              PreferencePair.of("A reward is", " the".repeat(300), " a fox").withId("long"));
      assertThatThrownBy(() -> DpoTrainer.builder().policy(policy).build().train(long1))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("pairs [long]")
          .hasMessageContaining("the model takes 256");
    }
  }

  private TokenValues withDropout(long seed, Checkpointing checkpointing) {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy =
          model.train(Lora.rank(4).dropout(0.5).seed(seed)).checkpointing(checkpointing);
      assertThat(train(policy, Reference.adapterOff()).steps()).isNotEmpty();
      return policy.logProbs(groups(policy));
    }
  }

  private interface Change {
    DpoTrainer.Builder apply(DpoTrainer.Builder builder);
  }

  private TokenValues afterOneStep(Change change) {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      DpoTrainer trainer =
          change
              .apply(
                  DpoTrainer.builder()
                      .policy(policy)
                      .reference(Reference.adapterOff())
                      .optimizer(AdamW.learningRate(0.01))
                      .batchSize(3)
                      .epochs(2))
              .build();
      assertThat(trainer.train(pairs).steps()).hasSize(2);
      return policy.logProbs(groups(policy));
    }
  }

  private TrainingReport train(TorchPolicy policy, Reference reference) {
    return train(policy, reference, Losses.dpo());
  }

  private TrainingReport train(TorchPolicy policy, Reference reference, PairObjective loss) {
    return DpoTrainer.builder()
        .policy(policy)
        .reference(reference)
        .loss(loss)
        .beta(0.1)
        .optimizer(AdamW.learningRate(0.01))
        .batchSize(3)
        .epochs(40)
        .onNonFinite(NonFinite.STOP)
        .build()
        .train(pairs);
  }

  private List<PromptGroup> groups(TorchPolicy policy) {
    return Streams.stream(pairs)
        .map(
            pair ->
                policy.tokenizer().encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())))
        .toList();
  }

  private static List<float[]> numbers(TorchPolicy policy) {
    return policy.network().parameters().stream().map(p -> p.value().toFloatArray()).toList();
  }

  private static double loss(TrainingReport report, int step) {
    return report.steps().get(step).metrics().get("loss");
  }
}
