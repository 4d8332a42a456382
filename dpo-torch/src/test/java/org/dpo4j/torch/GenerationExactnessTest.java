package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.api.Cancellation;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.torch.internal.decoder.CachedNetwork.Start;
import org.dpo4j.torch.internal.decoder.Decoding;
import org.dpo4j.torch.internal.decoder.Logits;
import org.dpo4j.torch.internal.decoder.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Generation by a cache computes what the packed forward pass computes without one. */
@Tag("long")
class GenerationExactnessTest {

  private static final double LOGITS = 1e-4; // of the largest
  private static final double LOG_PROBS = 1e-4; // nats a token

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void greedy_asTransformers(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      Generation generation = greedy(model.generator(), tiny.inputs().get(0), 16);
      assertThat(generation.tokenIds()).isEqualTo(ImmutableIntArray.copyOf(tiny.greedy()));
      assertThat(generation.finishReason()).isEqualTo(Generation.FinishReason.LENGTH);
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void greedy_adapter_asUncached(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      int[] prompt = tiny.inputs().get(0);
      ImmutableIntArray uncached = uncachedGreedy(policy.network(), prompt, 12);
      assertThat(greedy(policy.generator(), prompt, 12).tokenIds()).isEqualTo(uncached);
      assertThat(greedy(model.generator("tiny"), prompt, 12).tokenIds()).isEqualTo(uncached);
      assertThat(greedy(model.generator(), prompt, 12).tokenIds())
          .isEqualTo(uncachedGreedy(model.train(Lora.rank(2)).network(), prompt, 12));
    }
  }

  /** Two prompts of different lengths, of three and one continuations, one of which ends early. */
  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logits_cached_asPacked(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      requireCachedLogits(model.trainCopyOf("tiny").network(), tiny);
    }
  }

  private static void requireCachedLogits(Network network, TinyModel tiny) {
    int[] first = tiny.inputs().get(1);
    int[] second = tiny.inputs().get(0);
    List<int[]> texts = new ArrayList<>(List.of(first, first, first, second));
    List<Start> starts = List.of(new Start(ids(first), 3), new Start(ids(second), 1));
    try (Decoding decoding = network.cached().begin(starts, 50)) {
      requireRow(decoding.promptLogits(), 0, network, first);
      requireRow(decoding.promptLogits(), 1, network, second);
      for (int step = 0; step < 40; step++) {
        if (step == 5) {
          decoding.keep(0, 2, 3);
          texts.remove(1);
        }
        if (step == 37) {
          decoding.keep(0, 1);
          texts.remove(2);
        }
        int[] tokens = new int[texts.size()];
        for (int row = 0; row < tokens.length; row++) {
          tokens[row] = (step * 31 + row * 17 + 3) % 300;
          texts.set(row, append(texts.get(row), tokens[row]));
        }
        Logits logits = decoding.step(tokens);
        assertThat(logits.rows()).isEqualTo(tokens.length);
        if (step % 6 == 0 || step >= 37) {
          for (int row = 0; row < tokens.length; row++) {
            requireRow(logits, row, network, texts.get(row));
          }
        }
      }
    }
  }

  private static void requireRow(Logits logits, int row, Network network, int[] text) {
    float[][] all = network.logits(text);
    float[] expected = all[all.length - 1];
    double largest = 0;
    double sum = 0;
    for (float z : expected) {
      largest = Math.max(largest, Math.abs(z));
      sum += Math.exp(z);
    }
    for (int token = 0; token < expected.length; token++) {
      assertThat((double) logits.values()[row * logits.vocabulary() + token])
          .isCloseTo(expected[token], within(LOGITS * largest));
    }
    assertThat((double) logits.logSums()[row]).isCloseTo(Math.log(sum), within(LOG_PROBS));
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_asScoredAfterwards(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      List<ImmutableIntArray> prompts = tiny.groups().stream().map(PromptGroup::prompt).toList();
      Sampling sampling = Sampling.defaults().maxTokens(20).samples(3).temperature(1.5).topK(50);
      requireScored(policy, prompts, generate(policy.generator(), prompts, sampling));
    }
  }

  private static void requireScored(
      TokenScorer scorer, List<ImmutableIntArray> prompts, List<Generation> generations) {
    for (Generation generation : generations) {
      ImmutableIntArray prompt = prompts.get(generation.prompt());
      PromptGroup group = PromptGroup.of(prompt, List.of(generation.tokenIds()));
      assertThat(generation.logProbs().toArray())
          .containsExactly(scorer.logProbs(List.of(group)).row(0), within(LOG_PROBS));
    }
  }

  @Test
  void bf16Weights_logProbs_asScoredAfterwards() {
    TinyModel tiny = TinyModel.of("llama");
    for (Precision precision : Precision.values()) {
      try (LanguageModel model = tiny.load(Placement.on("cpu").precision(precision))) {
        List<ImmutableIntArray> prompts = List.of(tiny.groups().get(0).prompt());
        List<Generation> generations =
            generate(model.generator(), prompts, Sampling.defaults().maxTokens(10).samples(2));
        double tolerance = precision == Precision.BFLOAT16 ? 0.2 : LOG_PROBS;
        for (Generation generation : generations) {
          PromptGroup group = PromptGroup.of(prompts.get(0), List.of(generation.tokenIds()));
          assertThat(generation.logProbs().toArray())
              .containsExactly(model.base().logProbs(List.of(group)).row(0), within(tolerance));
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void sameText_whateverTheBatching(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      List<ImmutableIntArray> prompts = tiny.groups().stream().map(PromptGroup::prompt).toList();
      Sampling sampling = Sampling.defaults().maxTokens(12).samples(4).topP(0.95);
      List<ImmutableIntArray> together = ids(generate(model.generator(), prompts, sampling));
      assertThat(together).hasSize(12).doesNotHaveDuplicates();
      for (int batch : new int[] {1, 3, 5}) {
        assertThat(ids(generate(model.generator().batch(batch), prompts, sampling)))
            .isEqualTo(together);
      }
      assertThat(ids(generate(model.generator(), prompts, sampling.seed(43))))
          .isNotEqualTo(together);
    }
  }

  @Test
  void trainedPolicy_generatesAsItIsNow() {
    TinyModel tiny = TinyModel.of("qwen3");
    List<ImmutableIntArray> prompts = List.of(tiny.groups().get(0).prompt());
    Sampling sampling = Sampling.defaults().maxTokens(10).samples(2);
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).dropout(0.5));
      List<Generation> before = generate(policy.generator(), prompts, sampling);
      assertThat(before).isEqualTo(generate(model.generator(), prompts, sampling));
      step(policy, tiny);
      List<Generation> after = generate(policy.generator(), prompts, sampling);
      assertThat(after).isNotEqualTo(before);
      requireScored(policy, prompts, after);
    }
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      List<Generation> before = generate(policy.generator(), prompts, sampling);
      step(policy, tiny);
      List<Generation> after = generate(policy.generator(), prompts, sampling);
      assertThat(after).isNotEqualTo(before);
      requireScored(policy, prompts, after);
    }
  }

  @Test
  void mergedCheckpoint_asAdapter(@TempDir Path directory) {
    TinyModel tiny = TinyModel.of("llama");
    int[] prompt = tiny.inputs().get(0);
    ImmutableIntArray adapted;
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      adapted = greedy(policy.generator(), prompt, 20).tokenIds();
      policy.saveMerged(directory);
    }
    try (LanguageModel merged = LanguageModel.load(directory, Placement.on("cpu"))) {
      assertThat(greedy(merged.generator(), prompt, 20).tokenIds()).isEqualTo(adapted);
    }
  }

  private static void step(TorchPolicy policy, TinyModel tiny) {
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.1));
        ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
      pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
      optimizer.step(0.1, 1.0);
    }
  }

  static Generation greedy(Generator generator, int[] prompt, int tokens) {
    Sampling sampling = Sampling.greedy().maxTokens(tokens).endsAtEos(false);
    return generate(generator, List.of(ids(prompt)), sampling).get(0);
  }

  static ImmutableList<Generation> generate(
      Generator generator, List<ImmutableIntArray> prompts, Sampling sampling) {
    return generator.generateFromIds(
        prompts, sampling, GenerationListener.none(), new Cancellation());
  }

  private static ImmutableIntArray uncachedGreedy(Network network, int[] prompt, int tokens) {
    int[] text = prompt;
    for (int i = 0; i < tokens; i++) {
      float[][] logits = network.logits(text);
      float[] last = logits[logits.length - 1];
      int best =
          IntStream.range(0, last.length).reduce((a, b) -> last[b] > last[a] ? b : a).orElseThrow();
      text = append(text, best);
    }
    return ids(Arrays.copyOfRange(text, prompt.length, text.length));
  }

  private static int[] append(int[] ids, int id) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = id;
    return longer;
  }

  private static ImmutableIntArray ids(int[] ids) {
    return ImmutableIntArray.copyOf(ids);
  }

  private static List<ImmutableIntArray> ids(List<Generation> generations) {
    return generations.stream().map(Generation::tokenIds).toList();
  }
}
