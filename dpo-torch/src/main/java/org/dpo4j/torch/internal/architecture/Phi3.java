package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Order;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;

/** Phi 3 and 4 of short context: Llama with q, k, v in one module, and gate and up in another. */
final class Phi3 implements Architecture {

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("phi3");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = Sizes.read(config);
    double epsilon = LlamaStyle.epsilon(config, 1e-5);
    Rope rope = Rope.read(config, "rope_theta", "partial_rotary_factor", 1);
    config.check(
        rope.scaling() instanceof RopeScaling.None,
        "model_type",
        "allows no scaling of rotary frequencies but its longrope, which is not supported");
    RotarySpec rotary = rope.rotary(config, sizes.headWidth());
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "silu");
    OptionalInt window = Windows.read(config, OptionalInt.empty());
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
                    attention(LlamaStyle.name(i), sizes, rotary, window),
                    mlp(LlamaStyle.name(i), sizes, activation))),
        LlamaStyle.norm(NormSpec.Kind.RMS, "model.norm", sizes, epsilon),
        LlamaStyle.head(config, false, OptionalDouble.empty()));
  }

  private static AttentionSpec attention(
      String layer, Sizes sizes, RotarySpec rotary, OptionalInt window) {
    int out = sizes.queryWidth() + 2 * sizes.keyWidth();
    String module = layer + ".self_attn.";
    return new AttentionSpec(
        sizes.heads(),
        sizes.keyValueHeads(),
        sizes.headWidth(),
        1 / Math.sqrt(sizes.headWidth()),
        OptionalDouble.empty(),
        window,
        new Projection.Joined(
            new LinearSpec(module + "qkv_proj", sizes.width(), out, false, false), Order.BY_PART),
        new LinearSpec(module + "o_proj", sizes.queryWidth(), sizes.width(), false, false),
        Optional.of(rotary),
        Optional.empty(),
        Optional.empty());
  }

  private static MlpSpec mlp(String layer, Sizes sizes, MlpSpec.Activation activation) {
    String module = layer + ".mlp.";
    return new MlpSpec.JoinedGated(
        new LinearSpec(module + "gate_up_proj", sizes.width(), 2 * sizes.inner(), false, false),
        new LinearSpec(module + "down_proj", sizes.inner(), sizes.width(), false, false),
        activation);
  }
}
