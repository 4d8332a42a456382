package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Range;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;

/** The parts that families with Llama's tensor names have in common. */
final class LlamaStyle {

  private static final String EMBEDDING = "model.embed_tokens.weight";

  private LlamaStyle() {}

  static double epsilon(ModelConfig config, double usual) {
    return config.optionalNumber("rms_norm_eps", Range.openClosed(0.0, 1.0)).orElse(usual);
  }

  static NormSpec norm(NormSpec.Kind kind, String module, Sizes sizes, double epsilon) {
    return new NormSpec(kind, module + ".weight", Optional.empty(), sizes.width(), epsilon);
  }

  static MlpSpec mlp(String layer, Sizes sizes, boolean bias, MlpSpec.Activation activation) {
    String module = layer + ".mlp.";
    return new MlpSpec.Gated(
        new LinearSpec(module + "gate_proj", sizes.width(), sizes.inner(), bias, false),
        new LinearSpec(module + "up_proj", sizes.width(), sizes.inner(), bias, false),
        new LinearSpec(module + "down_proj", sizes.inner(), sizes.width(), bias, false),
        activation);
  }

  /** A norm before attention, a norm before the MLP. */
  static LayerSpec layer(
      String layer, Sizes sizes, double epsilon, AttentionSpec attention, MlpSpec mlp) {
    return new LayerSpec(
        Residual.SEQUENTIAL,
        norm(NormSpec.Kind.RMS, layer + ".input_layernorm", sizes, epsilon),
        Optional.empty(),
        Optional.of(norm(NormSpec.Kind.RMS, layer + ".post_attention_layernorm", sizes, epsilon)),
        Optional.empty(),
        attention,
        mlp);
  }

  /** {@code model.layers.0} and so on. */
  static ImmutableList<LayerSpec> layers(Sizes sizes, IntFunction<LayerSpec> layer) {
    return IntStream.range(0, sizes.layers())
        .mapToObj(layer)
        .collect(ImmutableList.toImmutableList());
  }

  static String name(int layer) {
    return "model.layers." + layer;
  }

  static HeadSpec head(ModelConfig config, boolean usuallyTied, OptionalDouble softCap) {
    boolean tied = config.optionalBoolean("tie_word_embeddings", usuallyTied);
    return new HeadSpec(EMBEDDING, "lm_head.weight", tied, Optional.empty(), softCap);
  }

  static DecoderSpec decoder(
      ModelConfig config,
      Sizes sizes,
      double embeddingScale,
      ImmutableList<LayerSpec> layers,
      NormSpec finalNorm,
      HeadSpec head) {
    return new DecoderSpec(
        config.optionalString("model_type").orElse(""),
        sizes.vocabulary(),
        sizes.width(),
        sizes.maxPositions(),
        new EmbeddingSpec(EMBEDDING, Optional.empty(), embeddingScale),
        layers,
        finalNorm,
        head);
  }
}
