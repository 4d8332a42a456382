package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Adapters: where they start, how they stack, and what becomes of them on disk. */
@Tag("language")
class AdaptersTest {

  private final TinyModel tiny = TinyModel.of("llama");
  private final List<PromptGroup> groups = tiny.groups();

  @Test
  void train_fresh_startsAtBase() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));

      assertThat(policy.logProbs(groups)).isEqualTo(model.base().logProbs(groups));
    }
  }

  @Test
  void adapterOff_afterTraining_isBase() {
    try (LanguageModel model = tiny.load()) {
      TokenValues before = model.base().logProbs(groups);
      TorchPolicy policy = model.train(Lora.rank(4));
      update(policy);

      assertThat(policy.logProbs(groups)).isNotEqualTo(before);
      assertThat(policy.adapterOff().orElseThrow().logProbs(groups)).isEqualTo(before);
      assertThat(model.base().logProbs(groups)).isEqualTo(before);
    }
  }

  @Test
  void trainCopyOf_startsAtAdapter_leavesItAlone() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TokenScorer sft = model.adapter("sft").orElseThrow();
      TokenValues before = sft.logProbs(groups);
      TorchPolicy policy = model.trainCopyOf("sft");
      assertThat(policy.logProbs(groups)).isEqualTo(before);
      update(policy);

      assertThat(policy.logProbs(groups)).isNotEqualTo(before);
      assertThat(policy.adapter("sft").orElseThrow().logProbs(groups)).isEqualTo(before);
    }
  }

  @Test
  void trainOnTopOf_adapterOff_isLowerAdapter() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TokenValues sft = model.adapter("sft").orElseThrow().logProbs(groups);
      TorchPolicy policy = model.trainOnTopOf("sft", Lora.rank(2).targets("q_proj", "up_proj"));
      assertThat(policy.logProbs(groups)).isEqualTo(sft);
      update(policy);

      assertThat(policy.logProbs(groups)).isNotEqualTo(sft);
      assertThat(policy.adapterOff().orElseThrow().logProbs(groups)).isEqualTo(sft);
    }
  }

  @Test
  void keepAdapter_isFrozen() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      update(policy);
      TokenValues kept = policy.logProbs(groups);
      policy.keepAdapter("sft");
      update(policy);

      assertThat(policy.logProbs(groups)).isNotEqualTo(kept);
      assertThat(policy.adapter("sft").orElseThrow().logProbs(groups)).isEqualTo(kept);
      assertThat(model.trainCopyOf("sft").logProbs(groups)).isEqualTo(kept);
    }
  }

  @Test
  void frozenCopy_movesOnlyWhenTold() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      TokenValues before = policy.logProbs(groups);
      try (MovableCopy copy = policy.frozenCopy()) {
        update(policy);
        assertThat(copy.logProbs(groups)).isEqualTo(before);

        copy.moveTowardsPolicy(0.5);
        assertThat(copy.logProbs(groups)).isNotEqualTo(before);
        copy.moveTowardsPolicy(1.0);
        assertThat(copy.logProbs(groups)).isEqualTo(policy.logProbs(groups));
      }
    }
  }

  @Test
  void frozenCopy_ofWeights_movesOnlyWhenTold() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      TokenValues before = policy.logProbs(groups);
      try (MovableCopy copy = policy.frozenCopy()) {
        update(policy);
        assertThat(policy.logProbs(groups)).isNotEqualTo(before);
        assertThat(copy.logProbs(groups)).isEqualTo(before);

        copy.moveTowardsPolicy(1.0);
        assertThat(copy.logProbs(groups)).isEqualTo(policy.logProbs(groups));
      }
    }
  }

  @Test
  void trainWeights_some_leavesOthers() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights(name -> name.contains("layers.1.mlp."));
      var before = weights(model);
      update(policy);

      weights(model)
          .forEach(
              (name, values) -> {
                boolean chosen = name.contains("layers.1.mlp.");
                assertThat(Arrays.equals(values, before.get(name))).as(name).isNotEqualTo(chosen);
              });
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void saveAdapter_loaded_same(String name, @TempDir Path directory) {
    TinyModel any = TinyModel.of(name);
    try (LanguageModel model = any.load()) {
      TorchPolicy policy = model.train(Lora.rank(3).rankStabilized());
      update(policy, any.groups());
      policy.saveAdapter(directory.resolve("adapter"));
      model.loadAdapter("saved", directory.resolve("adapter"));

      assertThat(model.adapter("saved").orElseThrow().logProbs(any.groups()))
          .isEqualTo(policy.logProbs(any.groups()));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void saveMerged_loaded_same(String name, @TempDir Path directory) {
    TinyModel any = TinyModel.of(name);
    Path merged = directory.resolve("merged");
    TokenValues expected;
    try (LanguageModel model = any.load().loadAdapter("tiny", any.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      policy.saveMerged(merged, 20_000); // several files
      expected = policy.logProbs(any.groups());
    }
    assertThat(merged.resolve("model.safetensors.index.json")).exists();
    // What is in bf16 stays so, and the update is rounded.
    double tolerance = name.equals("qwen2") ? 0.2 : 1e-4;
    try (LanguageModel model = LanguageModel.load(merged, Placement.on("cpu"))) {
      TokenValues actual = model.base().logProbs(any.groups());
      for (int row = 0; row < expected.rows(); row++) {
        assertThat(actual.row(row)).containsExactly(expected.row(row), within(tolerance));
      }
    }
  }

  @Test
  void saveMerged_stack_mergesBoth(@TempDir Path directory) {
    TokenValues expected;
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TorchPolicy policy = model.trainOnTopOf("sft", Lora.rank(2));
      update(policy);
      policy.saveMerged(directory.resolve("merged"));
      expected = policy.logProbs(groups);
    }
    try (LanguageModel model =
        LanguageModel.load(directory.resolve("merged"), Placement.on("cpu"))) {
      TokenValues actual = model.base().logProbs(groups);
      for (int row = 0; row < expected.rows(); row++) {
        assertThat(actual.row(row)).containsExactly(expected.row(row), within(1e-4));
      }
    }
  }

  @Test
  void saveMerged_intoBase_refused() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(2));
      assertThatThrownBy(() -> policy.saveMerged(tiny.directory()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "directory must not be the base's own, whose weights are in use, got %s",
              tiny.directory());
    }
  }

  @Test
  void saveAdapter_stacked_refused(@TempDir Path directory) {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      TorchPolicy policy = model.trainOnTopOf("sft", Lora.rank(2));
      assertThatThrownBy(() -> policy.saveAdapter(directory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this policy's adapter stands on another one and cannot be saved alone");
    }
  }

  @Test
  void saveAdapter_ofWeights_refused(@TempDir Path directory) {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      assertThatThrownBy(() -> policy.saveAdapter(directory))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "this policy trains the checkpoint's own weights and has no adapter to be saved");
    }
  }

  @Test
  void trainWeights_besideAdapter_refused() {
    try (LanguageModel model = tiny.load()) {
      model.train(Lora.rank(2));
      assertThatThrownBy(model::trainWeights)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "weights cannot be trained while there are adapters or other policies on them; load"
                  + " the model again");
    }
  }

  @Test
  void train_besideTrainedWeights_refused() {
    try (LanguageModel model = tiny.load()) {
      model.trainWeights();
      assertThatThrownBy(() -> model.train(Lora.rank(2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "an adapter cannot be trained while a policy trains the weights under it; load the"
                  + " model again");
    }
  }

  @Test
  void trainWeights_bf16_refused() {
    try (LanguageModel model =
        tiny.load(Placement.on("cpu").precision(Precision.BFLOAT16_WEIGHTS))) {
      assertThatThrownBy(model::trainWeights)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("weights held in bf16 cannot be trained");
    }
  }

  @Test
  void trainWeights_none_refused() {
    try (LanguageModel model = tiny.load()) {
      assertThatThrownBy(() -> model.trainWeights(name -> false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "chosen must accept a tensor of the model, such as model.embed_tokens.weight");
    }
  }

  @Test
  void trainCopyOf_unknown_refused() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      assertThatThrownBy(() -> model.trainCopyOf("stf"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("name must be an adapter's that was loaded or kept ([sft]), got 'stf'");
    }
  }

  @Test
  void loadAdapter_nameTaken_refused() {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      assertThatThrownBy(() -> model.loadAdapter("sft", tiny.adapter()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("name must be a new adapter's (not blank, and none of [sft]), got 'sft'");
    }
  }

  @Test
  void fingerprint_changesWithAdapter() {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(2));
      String before = policy.fingerprint().orElseThrow();
      assertThat(policy.fingerprint()).contains(before);
      assertThat(policy.frozenCopy().fingerprint()).contains(before);
      assertThat(model.base().fingerprint().orElseThrow()).isNotEqualTo(before);
      update(policy);

      assertThat(policy.fingerprint().orElseThrow()).isNotEqualTo(before);
    }
  }

  @Test
  void fingerprint_sameInAnotherModel_otherInOtherPrecision() {
    String first;
    try (LanguageModel model = tiny.load()) {
      first = model.base().fingerprint().orElseThrow();
    }
    try (LanguageModel model = tiny.load()) {
      assertThat(model.base().fingerprint()).contains(first);
    }
    try (LanguageModel model =
        tiny.load(Placement.on("cpu").precision(Precision.BFLOAT16_WEIGHTS))) {
      assertThat(model.base().fingerprint().orElseThrow()).isNotEqualTo(first);
    }
  }

  private static Map<String, float[]> weights(LanguageModel model) {
    Map<String, float[]> weights = new TreeMap<>();
    model.model().tensors().forEach((name, tensor) -> weights.put(name, tensor.toFloatArray()));
    return weights;
  }

  private void update(TorchPolicy policy) {
    update(policy, groups);
  }

  /** One step uphill on the log-probability of every token. */
  private static void update(TorchPolicy policy, List<PromptGroup> groups) {
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
      // twice, since A has no gradient while B is zero
      for (int i = 0; i < 2; i++) {
        try (ForwardPass pass = policy.forward(groups, Set.of())) {
          pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
        }
        optimizer.step(0.01, 1.0);
      }
    }
  }
}
