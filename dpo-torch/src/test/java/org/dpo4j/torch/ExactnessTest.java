package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import org.dpo4j.api.Losses;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.torch.internal.decoder.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What transformers and PEFT compute on eleven tiny checkpoints, ten architectures. */
@Tag("long")
class ExactnessTest {

  private static final double LOGITS = 1e-4; // of the largest
  private static final double LOG_PROBS = 1e-4; // nats a completion
  private static final double GRADIENTS = 1e-3; // of a matrix's norm

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logits_asTransformers(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      for (int i = 0; i < tiny.inputs().size(); i++) {
        requireClose(model.logits(tiny.inputs().get(i)), tiny.logits(i, false));
      }
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logits_adapter_asPeft(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      for (int i = 0; i < tiny.inputs().size(); i++) {
        requireClose(policy.network().logits(tiny.inputs().get(i)), tiny.logits(i, true));
      }
    }
  }

  @Test
  void logProbs_ofNothing_areNone() {
    try (LanguageModel model = TinyModel.of("llama").load();
        TorchPolicy policy = model.train(Lora.rank(2))) {
      assertThat(policy.logProbs(List.of()).rows()).isZero();
      assertThat(policy.score(List.of(), Set.of(TokenStatistic.ENTROPY)).statistics())
          .hasEntrySatisfying(TokenStatistic.ENTROPY, values -> assertThat(values.rows()).isZero());
      assertThat(model.base().logProbs(List.of()).rows()).isZero();
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_asTransformers(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      assertThat(sums(model.base(), tiny.groups()))
          .containsExactly(tiny.logProbs(false), within(LOG_PROBS));
      assertThat(sums(model.adapter("tiny").orElseThrow(), tiny.groups()))
          .containsExactly(tiny.logProbs(true), within(LOG_PROBS));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void greedyContinuation_asTransformers(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      List<Integer> tokens = new ArrayList<>(Ints.asList(tiny.inputs().get(0)));
      int prompt = tokens.size();
      for (int i = 0; i < tiny.greedy().length; i++) {
        float[][] logits = model.logits(Ints.toArray(tokens));
        tokens.add(greatest(logits[logits.length - 1]));
      }
      assertThat(tokens.subList(prompt, tokens.size())).isEqualTo(Ints.asList(tiny.greedy()));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void dpoGradient_everyLoraMatrix_asAutograd(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      requireDpoGradients(tiny, model, model.trainCopyOf("tiny"));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void dpoGradient_checkpointed_same(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      requireDpoGradients(tiny, model, model.trainCopyOf("tiny").checkpointing(Checkpointing.on()));
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void sftGradient_everyWeight_asAutograd(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights();
      try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
        TokenValues logProbs = pass.scores().logProbs();
        Evaluation sft = Losses.sft().evaluate(PairBatch.of(logProbs), 0.1);
        pass.backward(sft.gradient());
      }
      Map<String, Double> norms = tiny.sftGradientNorms();
      assertThat(policy.network().parameters())
          .hasSize(norms.size())
          .allSatisfy(
              parameter -> {
                double expected = Objects.requireNonNull(norms.get(parameter.name()));
                assertThat(norm(parameter.gradient().toFloatArray()))
                    .as(parameter.name())
                    .isCloseTo(expected, within(GRADIENTS * expected));
              });
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_packed_asOneByOne(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      TokenValues packed = model.base().logProbs(tiny.groups());
      int row = 0;
      for (PromptGroup group : tiny.groups()) {
        TokenValues alone = model.base().logProbs(List.of(group));
        for (int i = 0; i < alone.rows(); i++) {
          assertThat(packed.row(row++)).containsExactly(alone.row(i), within(1e-5));
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void logProbs_sharedPrompt_asUnshared(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load()) {
      TokenValues shared = model.base().logProbs(tiny.groups());
      TokenValues unshared = model.base().logProbs(TinyModel.oneByOne(tiny.groups()));
      assertThat(shared.rows()).isEqualTo(unshared.rows());
      for (int i = 0; i < shared.rows(); i++) {
        assertThat(shared.row(i)).containsExactly(unshared.row(i), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void gradient_sharedPrompt_asUnshared(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      List<float[]> shared = gradients(policy, tiny.groups());
      List<float[]> unshared = gradients(policy, TinyModel.oneByOne(tiny.groups()));
      for (int i = 0; i < shared.size(); i++) {
        assertThat(distance(shared.get(i), unshared.get(i)))
            .isLessThan(1e-4 * norm(unshared.get(i)));
      }
    }
  }

  private static void requireDpoGradients(TinyModel tiny, LanguageModel model, TorchPolicy policy) {
    try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
      PairBatch batch =
          PairBatch.of(pass.scores().logProbs())
              .withReference(model.base().logProbs(tiny.groups()));
      Evaluation dpo = Losses.dpo().evaluate(batch, 0.1);
      assertThat(dpo.loss()).isCloseTo(tiny.dpoLoss(), within(1e-5));
      pass.backward(dpo.gradient());
    }
    for (Network.Parameter parameter : policy.network().parameters()) {
      List<String> name = Splitter.on(':').splitToList(parameter.name());
      List<String> modules = Splitter.on('+').splitToList(name.get(1));
      for (int i = 0; i < modules.size(); i++) {
        float[] expected = tiny.adapterGradient(modules.get(i), name.get(2));
        assertThat(distance(gradientOf(parameter, i, modules.size()), expected))
            .as(modules.get(i) + " " + name.get(2))
            .isLessThan(GRADIENTS * norm(expected));
      }
    }
  }

  /** One module's gradient as PEFT lays it out: its rows of a joined A, or B turned back. */
  static float[] gradientOf(Network.Parameter parameter, int module, int modules) {
    float[] values = parameter.gradient().toFloatArray();
    if (parameter.name().endsWith(":A")) {
      int size = values.length / modules;
      return Arrays.copyOfRange(values, module * size, (module + 1) * size);
    }
    int rank = (int) parameter.gradient().getShape().get(0);
    int out = (int) parameter.gradient().getShape().get(1);
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % out * rank + i / out] = values[i];
    }
    return turned;
  }

  /** The gradients of a loss in which every token's log-probability has weight 1. */
  private static List<float[]> gradients(TorchPolicy policy, List<PromptGroup> groups) {
    for (Network.Parameter parameter : policy.network().parameters()) {
      parameter.gradient().muli(0);
    }
    try (ForwardPass pass = policy.forward(groups, Set.of())) {
      pass.backward(pass.scores().logProbs().map((row, token) -> 1.0));
    }
    return policy.network().parameters().stream()
        .map(parameter -> parameter.gradient().toFloatArray())
        .toList();
  }

  private static double[] sums(TokenScorer scorer, List<PromptGroup> groups) {
    TokenValues logProbs = scorer.logProbs(groups);
    double[] sums = new double[logProbs.rows()];
    for (int row = 0; row < sums.length; row++) {
      for (double logProb : logProbs.row(row)) {
        sums[row] += logProb;
      }
    }
    return sums;
  }

  private static void requireClose(float[][] actual, float[] expected) {
    double largest = norm(expected, (sum, x) -> Math.max(sum, Math.abs(x)));
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      int width = actual[0].length;
      worst = Math.max(worst, Math.abs(expected[i] - actual[i / width][i % width]));
    }
    assertThat(worst).isLessThan(LOGITS * largest);
  }

  private static double norm(float[] values) {
    return Math.sqrt(norm(values, (sum, x) -> sum + x * x));
  }

  private static double norm(float[] values, ToDoubleBiFunction<Double, Double> add) {
    double sum = 0;
    for (float value : values) {
      sum = add.applyAsDouble(sum, (double) value);
    }
    return sum;
  }

  private static double distance(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    float[] difference = new float[one.length];
    for (int i = 0; i < one.length; i++) {
      difference[i] = one[i] - other[i];
    }
    return norm(difference);
  }

  private static int greatest(float[] logits) {
    int greatest = 0;
    for (int i = 0; i < logits.length; i++) {
      greatest = logits[i] > logits[greatest] ? i : greatest;
    }
    return greatest;
  }
}
