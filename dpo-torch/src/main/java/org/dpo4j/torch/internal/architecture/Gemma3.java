package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The text models of Gemma 3: usually five sliding layers to one that sees everything, each kind
 * with its own rotary base, and norms over the heads of q and k.
 */
final class Gemma3 implements Architecture {

  private static final double GLOBAL_THETA = 1e6;
  private static final double LOCAL_THETA = 1e4;

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("gemma3_text");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = GemmaStyle.sizes(config);
    int every = config.optionalInt("sliding_window_pattern", 1, Sizes.MAX_LAYERS).orElse(6);
    ImmutableList<Boolean> sliding = Windows.sliding(config, sizes, i -> (i + 1) % every != 0);
    ImmutableList<OptionalInt> windows =
        Windows.of(config, sliding, Windows.read(config, OptionalInt.of(4096)));
    RotarySpec global = global(config).rotary(config, sizes.headWidth());
    RotarySpec local = local(config).rotary(config, sizes.headWidth());
    LlamaAttention attention =
        GemmaStyle.attention(config, sizes, OptionalDouble.empty())
            .withHeadNorm(NormSpec.Kind.RMS_PLUS_ONE, LlamaStyle.epsilon(config, 1e-6));
    OptionalDouble softCap =
        GemmaStyle.softCap(config, "final_logit_softcapping", OptionalDouble.empty());
    return GemmaStyle.decoder(
        config,
        sizes,
        LlamaStyle.head(config, true, softCap),
        i -> attention.at(LlamaStyle.name(i), sliding.get(i) ? local : global, windows.get(i)));
  }

  private static Rope global(ModelConfig config) {
    double theta = config.optionalNumber("rope_theta", Rope.THETAS).orElse(GLOBAL_THETA);
    Optional<ModelConfig> older = config.optionalObject("rope_scaling");
    return whole(config, parameters(config, "full_attention").or(() -> older), theta);
  }

  private static Rope local(ModelConfig config) {
    double theta = config.optionalNumber("rope_local_base_freq", Rope.THETAS).orElse(LOCAL_THETA);
    return whole(config, parameters(config, "sliding_attention"), theta);
  }

  private static Rope whole(ModelConfig config, Optional<ModelConfig> stated, double theta) {
    Rope rope = Rope.of(config, stated, theta, 1);
    config.check(rope.share() == 1, "model_type", "allows only partial_rotary_factor = 1");
    return rope;
  }

  /** Today's dialect has an object for each kind of layer. */
  private static Optional<ModelConfig> parameters(ModelConfig config, String layerType) {
    Rope.parameters(config);
    Optional<ModelConfig> all = config.optionalObject("rope_parameters");
    all.ifPresent(
        rope ->
            rope.check(
                rope.states("full_attention") || rope.states("sliding_attention"),
                "full_attention",
                "and sliding_attention must be there"));
    return all.flatMap(rope -> rope.optionalObject(layerType));
  }
}
