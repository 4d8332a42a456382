package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Mistral 7B and those built like it: Llama with a window over all layers. */
final class Mistral implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("mistral");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    // transformers ignores them here, which cannot be what they were written for.
    config.refuseIfSet("layer_types");
    Sizes sizes = Sizes.read(config);
    double epsilon = LlamaStyle.epsilon(config, 1e-6);
    RotarySpec rotary = Rope.read(config).rotary(config, sizes.headWidth());
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "silu");
    OptionalInt window = Windows.read(config, OptionalInt.of(4096));
    LlamaAttention attention = LlamaAttention.plain(sizes);
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
                    attention.at(LlamaStyle.name(i), rotary, window),
                    LlamaStyle.mlp(LlamaStyle.name(i), sizes, false, activation))),
        LlamaStyle.norm(NormSpec.Kind.RMS, "model.norm", sizes, epsilon),
        LlamaStyle.head(config, false, OptionalDouble.empty()));
  }
}
