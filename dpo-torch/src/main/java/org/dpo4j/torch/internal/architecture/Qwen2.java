package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Qwen 2 and 2.5: Llama with biases on q, k and v, and windows on some layers if asked for. */
final class Qwen2 implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("qwen2");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = Sizes.read(config);
    double epsilon = LlamaStyle.epsilon(config, 1e-6);
    RotarySpec rotary = Rope.read(config).rotary(config, sizes.headWidth());
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "silu");
    ImmutableList<OptionalInt> windows = Windows.qwen(config, sizes);
    LlamaAttention attention = LlamaAttention.plain(sizes).withBias(true, false);
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
                    attention.at(LlamaStyle.name(i), rotary, windows.get(i)),
                    LlamaStyle.mlp(LlamaStyle.name(i), sizes, false, activation))),
        LlamaStyle.norm(NormSpec.Kind.RMS, "model.norm", sizes, epsilon),
        LlamaStyle.head(config, false, OptionalDouble.empty()));
  }
}
