package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Llama 1 to 3 and what is built like it, for instance SmolLM. */
final class Llama implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("llama");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = Sizes.read(config);
    double epsilon = LlamaStyle.epsilon(config, 1e-6);
    RotarySpec rotary = Rope.read(config).rotary(config, sizes.headWidth());
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "silu");
    boolean attentionBias = config.optionalBoolean("attention_bias", false);
    boolean mlpBias = config.optionalBoolean("mlp_bias", false);
    LlamaAttention attention = LlamaAttention.plain(sizes).withBias(attentionBias, attentionBias);
    return LlamaStyle.decoder(
        config,
        sizes,
        1,
        LlamaStyle.layers(
            sizes,
            i ->
                LlamaStyle.layer(
                    LlamaStyle.name(i),
                    sizes,
                    epsilon,
                    attention.at(LlamaStyle.name(i), rotary, OptionalInt.empty()),
                    LlamaStyle.mlp(LlamaStyle.name(i), sizes, mlpBias, activation))),
        LlamaStyle.norm(NormSpec.Kind.RMS, "model.norm", sizes, epsilon),
        LlamaStyle.head(config, false, OptionalDouble.empty()));
  }
}
