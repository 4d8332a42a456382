package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RewardModelReport;
import org.dpo4j.api.RewardModelTrainer;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.compare.Judge;
import org.dpo4j.api.compare.Verdict;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardPass;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.RewardModelLoss;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.safetensors.SafetensorsFile;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scalar reward models: what they compute, what they learn, and what becomes of them on disk. */
class RewardModelTest {

  private static final String HEAD = "base_model.model.score.weight";

  private final TinyModel tiny = TinyModel.of("llama");
  private final List<PromptGroup> groups = tiny.groups();
  private final PreferenceDataset pairs =
      PreferenceDataset.of(
          PreferencePair.of("I really loved this film:", " the acting was superb.", " the plot."),
          PreferencePair.of("A reward is", " the log ratio of two policies", " a small fox"),
          PreferencePair.of("Once upon a time", " a small fox learned", " the story moved me"));

  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "gpt2", "gpt_neox"})
  void rewards_asTransformersComputesThem(String name) throws IOException {
    TinyModel base = TinyModel.of(name);
    try (LanguageModel model = base.load()) {
      RewardModel rewards = model.loadRewardModel(base.directory().resolve("reward"));
      double[] expected = rewards(expected(base));

      assertThat(rewards.rewards(base.groups()).toArray()).containsExactly(expected, within(1e-4));
      assertThat(rewards.rewards(TinyModel.oneByOne(base.groups())).toArray())
          .containsExactly(expected, within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "gpt2", "gpt_neox"})
  void gradient_isThatOfAutograd(String name) throws IOException {
    TinyModel base = TinyModel.of(name);
    ImmutableMap<String, TensorEntry> expected =
        SafetensorsFile.read(base.directory().resolve("reward/expected.safetensors"));
    try (LanguageModel model = base.load()) {
      RewardModel rewards = model.loadRewardModel(base.directory().resolve("reward"));
      try (RewardPass pass = rewards.forward(base.groups())) {
        RewardModelLoss.Result result = bradleyTerry(pass.rewards());
        assertThat(result.loss()).isCloseTo(expected(base).get("loss").getAsDouble(), within(1e-5));
        pass.backward(slopes(result));
      }

      int compared = 0;
      for (Network.Parameter parameter : rewards.network().parameters()) {
        if (parameter.name().equals("head")) {
          assertClose(HEAD, parameter.gradient().toFloatArray(), expected);
          compared++;
          continue;
        }
        List<String> parts = Splitter.on(':').splitToList(parameter.name());
        List<String> modules = Splitter.on('+').splitToList(parts.get(1));
        for (int i = 0; i < modules.size(); i++, compared++) {
          assertClose(
              "base_model.model." + modules.get(i) + ".lora_" + parts.get(2) + ".weight",
              ExactnessTest.gradientOf(parameter, i, modules.size()),
              expected);
        }
      }
      assertThat(compared).isEqualTo(expected.size());
    }
  }

  private static void assertClose(
      String name, float[] actual, ImmutableMap<String, TensorEntry> all) {
    float[] expected = new float[actual.length];
    Objects.requireNonNull(all.get(name), name).map().asFloatBuffer().get(expected);
    double norm = 0;
    double distance = 0;
    for (int i = 0; i < expected.length; i++) {
      norm += expected[i] * expected[i];
      distance += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    }
    assertThat(Math.sqrt(distance)).as(name).isLessThan(1e-3 * Math.sqrt(norm));
  }

  private static RewardModelLoss.Result bradleyTerry(ImmutableDoubleArray rewards) {
    List<Double> chosen = new ArrayList<>();
    List<Double> rejected = new ArrayList<>();
    for (int i = 0; i < rewards.length(); i += 2) {
      chosen.add(rewards.get(i));
      rejected.add(rewards.get(i + 1));
    }
    return new RewardModelLoss(0).evaluate(RewardBatch.of(chosen, rejected));
  }

  private static ImmutableDoubleArray slopes(RewardModelLoss.Result result) {
    ImmutableDoubleArray.Builder slopes = ImmutableDoubleArray.builder();
    for (int i = 0; i < result.chosen().length(); i++) {
      slopes.add(result.chosen().get(i)).add(result.rejected().get(i));
    }
    return slopes.build();
  }

  private static JsonObject expected(TinyModel model) throws IOException {
    return JsonParser.parseString(
            Files.readString(model.directory().resolve("reward/expected.json")))
        .getAsJsonObject();
  }

  private static double[] rewards(JsonObject expected) {
    ImmutableDoubleArray.Builder rewards = ImmutableDoubleArray.builder();
    expected
        .getAsJsonArray("rewards")
        .forEach(pair -> pair.getAsJsonArray().forEach(one -> rewards.add(one.getAsDouble())));
    return rewards.build().toArray();
  }

  @Test
  void fresh_allRewardsAreZero() {
    try (LanguageModel model = tiny.load()) {
      assertThat(model.trainRewardModel(Lora.rank(4)).rewards(groups).toArray())
          .containsOnly(0.0)
          .hasSize(6);
    }
  }

  @Test
  void train_byBradleyTerry_learnsWhatIsPreferred_andLeavesTheBaseAlone() {
    try (LanguageModel model = tiny.load()) {
      TokenValues before = model.base().logProbs(groups);
      RewardModel rewards = model.trainRewardModel(Lora.rank(4));
      RewardModelTrainer.Trained trained = trainer(rewards).build().train(pairs);

      assertThat(trained.steps().get(0).loss()).isCloseTo(Math.log(2), within(1e-12));
      assertThat(trained.steps().get(trained.steps().size() - 1).loss()).isLessThan(0.1);
      assertThat(
              RewardModelReport.of(rewards, Optional.empty(), model.tokenizer(), pairs, 2)
                  .accuracy())
          .isEqualTo(1);
      assertThat(model.base().logProbs(groups)).isEqualTo(before);
    }
  }

  @Test
  void train_again_givesTheSameBits() {
    try (LanguageModel model = tiny.load()) {
      RewardModel first = model.trainRewardModel(Lora.rank(4).dropout(0.1));
      trainer(first).build().train(pairs);
      RewardModel second = model.trainRewardModel(Lora.rank(4).dropout(0.1));
      trainer(second).build().train(pairs);

      assertThat(second.rewards(groups)).isEqualTo(first.rewards(groups));
    }
  }

  @Test
  void train_withATeacher_givesItsRewards() {
    try (LanguageModel model = tiny.load().loadAdapter("policy", tiny.adapter())) {
      ImplicitRewardModel teacher =
          ImplicitRewardModel.of(
              model.adapter("policy").orElseThrow(), model.base(), model.tokenizer(), 0.1);
      RewardModel rewards = model.trainRewardModel(Lora.rank(4));
      trainer(rewards).teacher(teacher).build().train(pairs);

      double[] taught =
          teacher.score(groupsOf(model)).stream()
              .flatMap(List::stream)
              .mapToDouble(one -> one.reward())
              .toArray();
      assertThat(rewards.rewards(groupsOf(model)).toArray()).containsExactly(taught, within(0.1));
      RewardModelReport.Teacher compared =
          RewardModelReport.of(rewards, Optional.of(teacher), model.tokenizer(), pairs, 2)
              .teacher()
              .orElseThrow();
      assertThat(compared.sameOrder()).isEqualTo(1);
      assertThat(compared.correlation().orElseThrow()).isGreaterThan(0.99);
    }
  }

  private List<PromptGroup> groupsOf(LanguageModel model) {
    List<PromptGroup> encoded = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      encoded.add(model.tokenizer().encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())));
    }
    return encoded;
  }

  private static RewardModelTrainer.Builder trainer(RewardModel rewards) {
    return RewardModelTrainer.builder()
        .model(rewards)
        .optimizer(AdamW.learningRate(3e-3))
        .schedule(Schedule.constant())
        .batchSize(3)
        .epochs(150);
  }

  @Test
  void saved_andLoaded_givesTheSameBits() throws IOException {
    ImmutableDoubleArray before;
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.trainRewardModel(Lora.rank(4).targets("q_proj", "down_proj"));
      trainer(rewards).build().train(pairs);
      rewards.save(temporary);
      before = rewards.rewards(groups);
    }
    try (LanguageModel model = tiny.load()) {
      assertThat(model.loadRewardModel(temporary).rewards(groups)).isEqualTo(before);
    }
    assertThat(Files.readString(temporary.resolve("adapter_config.json")))
        .contains("\"task_type\": \"SEQ_CLS\"", "\"classifier\"", "\"score\"");
  }

  @Test
  void loaded_canBeTrainedOn() {
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.loadRewardModel(tiny.directory().resolve("reward"));
      ImmutableDoubleArray before = rewards.rewards(groups);
      trainer(rewards).epochs(1).build().train(pairs);

      assertThat(rewards.rewards(groups)).isNotEqualTo(before);
    }
  }

  @Test
  void ranks_andJudges() {
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.trainRewardModel(Lora.rank(4));
      trainer(rewards).build().train(pairs);
      Text prompt = Text.of("A reward is");
      String good = " the log ratio of two policies";
      String bad = " a small fox";

      assertThat(BestOfN.rank(Candidates.of(prompt, List.of(bad, good)), rewards).best().text())
          .isEqualTo(good);
      assertThat(Judge.reward("mine", rewards, 0).judge(prompt, bad, good))
          .isEqualTo(Verdict.SECOND);
    }
  }

  @Test
  void load_anAdapterOfALanguageModel_isRefused() {
    try (LanguageModel model = tiny.load()) {
      assertThatThrownBy(() -> model.loadRewardModel(tiny.adapter()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              tiny.adapter().resolve("adapter_config.json")
                  + ": task_type must be \"SEQ_CLS\", got \"CAUSAL_LM\"");
      assertThatThrownBy(() -> model.loadAdapter("a", tiny.directory().resolve("reward")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              tiny.directory().resolve("reward/adapter_config.json").toString());
    }
  }

  @Test
  void load_withoutAHead_isRefused() throws IOException {
    Files.writeString(
        temporary.resolve("adapter_config.json"),
        Files.readString(tiny.adapter().resolve("adapter_config.json"))
            .replace("CAUSAL_LM", "SEQ_CLS"));
    Path weights = temporary.resolve("adapter_model.safetensors");
    Files.copy(tiny.adapter().resolve("adapter_model.safetensors"), weights);
    try (LanguageModel model = tiny.load()) {
      assertThatThrownBy(() -> model.loadRewardModel(temporary))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              weights
                  + ": the tensors are not those that adapter_config.json describes: 1 missing: "
                  + HEAD
                  + " [1, 32]");
    }
  }

  @Test
  void load_ofAnotherBase_isRefused() {
    try (LanguageModel model = TinyModel.of("llama3").load()) {
      Path reward = tiny.directory().resolve("reward");
      assertThatThrownBy(() -> model.loadRewardModel(reward))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              reward.resolve("adapter_model.safetensors")
                  + ": the tensors are not those that adapter_config.json describes: 8 of another"
                  + " shape: ");
    }
  }

  @Test
  void load_withMoreToSaveThanTheHead_isRefused() throws IOException {
    Path config = temporary.resolve("adapter_config.json");
    Files.writeString(
        config,
        Files.readString(tiny.directory().resolve("reward/adapter_config.json"))
            .replace("\"classifier\"", "\"embed_tokens\""));
    Files.copy(
        tiny.directory().resolve("reward/adapter_model.safetensors"),
        temporary.resolve("adapter_model.safetensors"));
    try (LanguageModel model = tiny.load()) {
      assertThatThrownBy(() -> model.loadRewardModel(temporary))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              config
                  + ": modules_to_save must name nothing but \"score\" and \"classifier\", the"
                  + " head, got [\"embed_tokens\",\"score\"]");
    }
  }

  @Test
  void weights_cannotBeTrainedUnderARewardModel() {
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.trainRewardModel(Lora.rank(2));
      assertThatThrownBy(model::trainWeights)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "weights cannot be trained while there are adapters or other policies on them; load"
                  + " the model again");
      rewards.close();

      assertThat(model.trainWeights().trainsWeights()).isTrue();
      assertThatThrownBy(() -> model.trainRewardModel(Lora.rank(2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "an adapter cannot be trained while a policy trains the weights under it; load the"
                  + " model again");
    }
  }

  @Test
  void backward_isOnce_ofTheSameParameters_andOfTheSameShape() {
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.trainRewardModel(Lora.rank(2));
      ImmutableDoubleArray ones = ImmutableDoubleArray.of(1, 1, 1, 1, 1, 1);
      try (RewardPass pass = rewards.forward(groups);
          Optimizer optimizer = rewards.optimizer(AdamW.learningRate(1e-3))) {
        assertThatThrownBy(() -> pass.backward(ImmutableDoubleArray.of(1)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("gradient must have one number a reward, 6, got 1");
        pass.backward(ones);
        assertThatThrownBy(() -> pass.backward(ones))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("backward was called already, or the pass is closed");
        try (RewardPass other = rewards.forward(groups)) {
          optimizer.step(1e-3, 1);
          assertThatThrownBy(() -> other.backward(ones))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("the parameters changed since the forward pass");
        }
      }
    }
  }
}
