package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Range;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;

/** What Gemma 2 and 3 have in common. */
final class GemmaStyle {

  private static final Range<Double> POSITIVE = Range.openClosed(0.0, 1e9);

  private GemmaStyle() {}

  /** Sizes, where the width of a head is not the quotient by default. */
  static Sizes sizes(ModelConfig config) {
    config.refuseIfSet("use_bidirectional_attention");
    config.requireInt("head_dim", 1, Sizes.MAX_WIDTH);
    return Sizes.read(config);
  }

  /** Scores over √(query_pre_attn_scalar), with a soft cap. */
  static LlamaAttention attention(ModelConfig config, Sizes sizes, OptionalDouble usualCap) {
    boolean bias = config.optionalBoolean("attention_bias", false);
    double scalar = config.optionalNumber("query_pre_attn_scalar", POSITIVE).orElse(256);
    return LlamaAttention.plain(sizes)
        .withBias(bias, bias)
        .withScores(1 / Math.sqrt(scalar), softCap(config, "attn_logit_softcapping", usualCap));
  }

  static OptionalDouble softCap(ModelConfig config, String field, OptionalDouble usual) {
    return config.states(field) ? config.optionalNumber(field, POSITIVE) : usual;
  }

  /**
   * The decoder, from the attention of each layer: a norm before and after both parts, and an
   * embedding times √width.
   */
  static DecoderSpec decoder(
      ModelConfig config, Sizes sizes, HeadSpec head, IntFunction<AttentionSpec> attention) {
    double epsilon = LlamaStyle.epsilon(config, 1e-6);
    MlpSpec.Activation activation =
        Activations.read(config, "hidden_activation", "gelu_pytorch_tanh");
    ImmutableList<LayerSpec> layers =
        LlamaStyle.layers(
            sizes, i -> layer(LlamaStyle.name(i), sizes, epsilon, activation, attention.apply(i)));
    // transformers rounds the factor to the type of the embedding, here float.
    float scale = (float) Math.sqrt(sizes.width());
    NormSpec finalNorm = norm("model.norm", sizes, epsilon);
    return LlamaStyle.decoder(config, sizes, scale, layers, finalNorm, head);
  }

  private static LayerSpec layer(
      String layer,
      Sizes sizes,
      double epsilon,
      MlpSpec.Activation activation,
      AttentionSpec attention) {
    return new LayerSpec(
        Residual.SEQUENTIAL,
        norm(layer + ".input_layernorm", sizes, epsilon),
        Optional.of(norm(layer + ".post_attention_layernorm", sizes, epsilon)),
        Optional.of(norm(layer + ".pre_feedforward_layernorm", sizes, epsilon)),
        Optional.of(norm(layer + ".post_feedforward_layernorm", sizes, epsilon)),
        attention,
        LlamaStyle.mlp(layer, sizes, false, activation));
  }

  private static NormSpec norm(String module, Sizes sizes, double epsilon) {
    return LlamaStyle.norm(NormSpec.Kind.RMS_PLUS_ONE, module, sizes, epsilon);
  }
}
