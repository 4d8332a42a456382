package org.dpo4j.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.pytorch.jni.JniUtils;
import com.google.common.collect.ImmutableSet;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What policies, optimizers and copies write down, and what they take up. */
class StateTest {

  private final TinyModel tiny = TinyModel.of("llama");

  @Test
  void adapter_anyBits_comeBack() throws IOException {
    anyBitsComeBack(model -> model.train(Lora.rank(4)), "adapter_model.safetensors");
  }

  @Test
  void weights_anyBits_comeBack() throws IOException {
    anyBitsComeBack(LanguageModel::trainWeights, "weights.safetensors");
  }

  /** NaN of all kinds, infinities, −0 and subnormal numbers among them. */
  private void anyBitsComeBack(Function<LanguageModel, TorchPolicy> made, String name)
      throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = made.apply(model);
      Pieces pieces = Pieces.of(policy);
      ByteBuffer bytes = ByteBuffer.wrap(pieces.open(name).readAllBytes());
      int header = Long.BYTES + (int) bytes.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
      byte[] numbers = new byte[bytes.capacity() - header];
      new Random(1).nextBytes(numbers);
      pieces.bytes().put(name, bytes.put(header, numbers).array());

      pieces.restore(policy);

      assertThat(Pieces.of(policy).same(pieces)).isTrue();
      // Not only what save makes of them: the numbers that are computed with.
      assertThat(policy.logProbs(tiny.groups()).get(0, 0)).isNaN();
    }
  }

  @Test
  void pieces_areThoseOfTheJavadoc() throws IOException {
    try (LanguageModel model = tiny.load().loadAdapter("sft", tiny.adapter())) {
      assertThat(Pieces.of(model.train(Lora.rank(4))).bytes())
          .containsOnlyKeys("adapter_config.json", "adapter_model.safetensors", "torch.json");
      assertThat(Pieces.of(model.trainOnTopOf("sft", Lora.rank(4))).bytes())
          .containsOnlyKeys(
              "stacked_adapter_config.json", "stacked_adapter_model.safetensors", "torch.json");
    }
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.trainWeights(name -> name.contains("q_proj"));
      assertThat(Pieces.of(policy).bytes()).containsOnlyKeys("weights.safetensors", "torch.json");
      try (MovableCopy copy = policy.frozenCopy();
          Optimizer optimizer = policy.optimizer(AdamW.learningRate(1e-3))) {
        assertThat(Pieces.of(copy).bytes()).containsOnlyKeys("weights.safetensors");
        assertThat(Pieces.of(optimizer).bytes()).containsOnlyKeys("optimizer.safetensors");
      }
    }
  }

  static Stream<OptimizerSpec> optimizers() {
    return Stream.of(
        AdamW.learningRate(0.01), Sgd.learningRate(0.01).momentum(0.9), RmsProp.learningRate(0.01));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizer_restored_stepsAsTheOriginal(OptimizerSpec spec) throws IOException {
    try (LanguageModel model = tiny.load();
        LanguageModel other = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      TorchPolicy resumed = other.train(Lora.rank(4));
      try (Optimizer original = policy.optimizer(spec);
          Optimizer again = resumed.optimizer(spec)) {
        step(policy, original);
        step(policy, original);
        Pieces.of(policy).restore(resumed);
        Pieces.of(original).restore(again);
        step(policy, original);
        step(resumed, again);

        assertThat(Pieces.of(again).same(Pieces.of(original))).isTrue();
        assertThat(Pieces.of(resumed).same(Pieces.of(policy))).isTrue();
      }
    }
  }

  private void step(TorchPolicy policy, Optimizer optimizer) {
    try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
      pass.backward(pass.scores().logProbs().map((row, token) -> -1.0));
    }
    optimizer.step(0.01, 1.0);
  }

  @Test
  void restore_passesBefore_cannotGoBackwardAnyMore() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Pieces saved = Pieces.of(policy);
      try (ForwardPass pass = policy.forward(tiny.groups(), Set.of())) {
        saved.restore(policy);
        assertThatExceptionOfType(IllegalStateException.class)
            .isThrownBy(() -> pass.backward(pass.scores().logProbs()))
            .withMessage("the parameters changed since the forward pass");
      }
    }
  }

  @Test
  void adapterOfAnotherForm_refusedByName_andNothingChanged() throws IOException {
    try (LanguageModel model = tiny.load()) {
      Pieces rank8 = Pieces.of(model.train(Lora.rank(8).alpha(8)));
      TorchPolicy policy = model.train(Lora.rank(4).alpha(8).dropout(0.1));
      refused(
          policy,
          rank8,
          "adapter_config.json: r must be 4, that of the adapter being trained, got 8");
      refused(
          policy,
          Pieces.of(model.train(Lora.rank(4).alpha(8))),
          "adapter_config.json: lora_dropout must be 0.1, that of the adapter being trained, got 0.0");
      refused(
          policy,
          Pieces.of(model.train(Lora.rank(4).alpha(8).dropout(0.1).targets("q_proj"))),
          "adapter_config.json: target_modules must be"
              + " [\"down_proj\",\"gate_proj\",\"k_proj\",\"o_proj\",\"q_proj\",\"up_proj\",\"v_proj\"],"
              + " that of the adapter being trained, got [\"q_proj\"]");
    }
  }

  @Test
  void adapterWhoseTensorsAreOthers_refusedByName_andNothingChanged() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4).targets("q_proj").layers(0, 1));
      Pieces pieces = Pieces.of(policy);
      Pieces other = Pieces.of(model.train(Lora.rank(5).targets("q_proj", "k_proj").layers(0, 1)));
      put(pieces, other, "adapter_model.safetensors");
      refused(
          policy,
          pieces,
          "adapter_model.safetensors: the tensors must be those that are trained: 2 left over:"
              + " base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight [5, 32],"
              + " base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight [16, 5]; 2 of"
              + " another shape: base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
              + " [5, 32], expected [4, 32],"
              + " base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight [32, 5], expected"
              + " [32, 4]");
    }
  }

  @Test
  void circumstancesThatAreNone_refused_andNothingChanged() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Pieces pieces = Pieces.of(policy);
      pieces.bytes().put("torch.json", json("{\"dropout_seed\": 1.5, \"threads\": 1}"));
      refused(
          policy,
          pieces,
          "torch.json: dropout_seed must be a whole number in [-9223372036854775808,"
              + " 9223372036854775807], got 1.5");
      pieces.bytes().put("torch.json", json("{\"dropout_seed\": 1}"));
      refused(
          policy, pieces, "torch.json: threads must be a whole number in [1, 1000000], got null");
    }
  }

  @Test
  void otherThreads_areNoReasonToRefuse() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Pieces pieces = Pieces.of(policy);
      pieces.bytes().put("torch.json", json("{\"dropout_seed\": -7, \"threads\": 99}"));
      pieces.restore(policy);
      assertThat(new String(Pieces.of(policy).open("torch.json").readAllBytes(), UTF_8))
          .isEqualTo("{\"dropout_seed\":-7,\"threads\":" + JniUtils.getNumThreads() + "}\n");
    }
  }

  private static byte[] json(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void weightsOfOthers_refusedByName_andNothingChanged() throws IOException {
    try (LanguageModel model = tiny.load();
        LanguageModel other = tiny.load()) {
      ImmutableSet<String> both = ImmutableSet.of("model.norm.weight", "model.embed_tokens.weight");
      refused(
          other.trainWeights(both::contains),
          Pieces.of(model.trainWeights("model.norm.weight"::equals)),
          "weights.safetensors: the tensors must be those that are trained: 1 missing:"
              + " model.embed_tokens.weight [385, 32]");
    }
  }

  @Test
  void stateOfAnotherOptimizer_refused() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Pieces sgd;
      try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(0.1))) {
        sgd = Pieces.of(optimizer);
      }
      try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.1))) {
        refused(optimizer, sgd, "optimizer.safetensors must be the state of AdamW, got one of Sgd");
      }
    }
  }

  @Test
  void truncatedPiece_leavesAllAsItWas() throws IOException {
    try (LanguageModel model = tiny.load()) {
      TorchPolicy policy = model.train(Lora.rank(4));
      Pieces pieces = Pieces.of(policy);
      try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.01))) {
        step(policy, optimizer);
      }
      Pieces now = Pieces.of(policy);
      byte[] whole = pieces.open("adapter_model.safetensors").readAllBytes();
      pieces.bytes().put("adapter_model.safetensors", Arrays.copyOf(whole, whole.length - 1));

      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> pieces.restore(policy))
          .withMessage(
              "adapter_model.safetensors: tensor"
                  + " base_model.model.model.layers.1.mlp.down_proj.lora_B.weight is truncated");
      assertThat(Pieces.of(policy).same(now)).isTrue();
    }
  }

  @Test
  void stateOfAnotherKindOfTraining_refused() throws IOException {
    try (LanguageModel model = tiny.load();
        LanguageModel other = tiny.load()) {
      Pieces weights = Pieces.of(model.trainWeights());
      TorchPolicy policy = other.train(Lora.rank(4));
      refused(
          policy,
          weights,
          "the state must be of a policy that trains the same, and has no adapter_config.json:"
              + " java.nio.file.NoSuchFileException: adapter_config.json");
    }
  }

  private static void put(Pieces pieces, Pieces from, String name) throws IOException {
    pieces.bytes().put(name, from.open(name).readAllBytes());
  }

  private static void refused(Object resumable, Pieces pieces, String message) throws IOException {
    Pieces before = Pieces.of(resumable);
    ThrowingCallable restore = () -> pieces.restore(resumable);
    assertThatIllegalArgumentException().isThrownBy(restore).withMessage(message);
    assertThat(Pieces.of(resumable).same(before)).isTrue();
  }
}
