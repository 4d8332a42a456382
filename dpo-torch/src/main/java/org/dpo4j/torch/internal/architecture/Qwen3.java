package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Qwen 3, dense: Qwen 2 with norms over the heads of q and k, and usually no biases. */
final class Qwen3 implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("qwen3");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    // 128 where it is absent, not the quotient: better stated than guessed.
    config.requireInt("head_dim", 1, Sizes.MAX_WIDTH);
    Sizes sizes = Sizes.read(config);
    double epsilon = LlamaStyle.epsilon(config, 1e-6);
    RotarySpec rotary = Rope.read(config).rotary(config, sizes.headWidth());
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "silu");
    ImmutableList<OptionalInt> windows = Windows.qwen(config, sizes);
    boolean bias = config.optionalBoolean("attention_bias", false);
    LlamaAttention attention =
        LlamaAttention.plain(sizes).withBias(bias, bias).withHeadNorm(NormSpec.Kind.RMS, epsilon);
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
