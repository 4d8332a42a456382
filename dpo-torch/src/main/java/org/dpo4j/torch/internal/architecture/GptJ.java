package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;

/** GPT-J: attention and MLP side by side behind one norm, neighbouring dimensions turn. */
final class GptJ implements Architecture {

  private static final double THETA = 10_000;

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("gptj");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    config.refuseIfSet("rope_scaling");
    Sizes sizes = Sizes.readGpt(config);
    double epsilon = GptStyle.epsilon(config, "layer_norm_epsilon");
    MlpSpec.Activation activation = Activations.read(config, "activation_function", "gelu_new");
    RotarySpec rotary = rotary(config, sizes);
    boolean tied = config.optionalBoolean("tie_word_embeddings", false);
    String embedding = "transformer.wte.weight";
    return new DecoderSpec(
        "gptj",
        sizes.vocabulary(),
        sizes.width(),
        sizes.maxPositions(),
        new EmbeddingSpec(embedding, Optional.empty(), 1),
        LlamaStyle.layers(
            sizes, i -> layer("transformer.h." + i, sizes, epsilon, rotary, activation)),
        GptStyle.norm("transformer.ln_f", sizes, epsilon),
        new HeadSpec(
            embedding,
            "lm_head.weight",
            tied,
            Optional.of("lm_head.bias"),
            OptionalDouble.empty()));
  }

  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
  }

  private static RotarySpec rotary(ModelConfig config, Sizes sizes) {
    int width = config.requireInt("rotary_dim", 2, sizes.headWidth());
    config.check(width % 2 == 0, "rotary_dim", "must be even");
    return new RotarySpec(
        new RopeScaling.None().inverseFrequencies(THETA, width), 1, RotarySpec.Pairing.NEIGHBOURS);
  }

  private static LayerSpec layer(
      String layer, Sizes sizes, double epsilon, RotarySpec rotary, MlpSpec.Activation activation) {
    int width = sizes.width();
    return new LayerSpec(
        Residual.PARALLEL,
        GptStyle.norm(layer + ".ln_1", sizes, epsilon),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new AttentionSpec(
            sizes.heads(),
            sizes.heads(),
            sizes.headWidth(),
            1 / Math.sqrt(sizes.headWidth()),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            new Projection.Separate(
                new LinearSpec(layer + ".attn.q_proj", width, width, false, false),
                new LinearSpec(layer + ".attn.k_proj", width, width, false, false),
                new LinearSpec(layer + ".attn.v_proj", width, width, false, false)),
            new LinearSpec(layer + ".attn.out_proj", width, width, false, false),
            Optional.of(rotary),
            Optional.empty(),
            Optional.empty()),
        new MlpSpec.Plain(
            new LinearSpec(layer + ".mlp.fc_in", width, sizes.inner(), true, false),
            new LinearSpec(layer + ".mlp.fc_out", sizes.inner(), width, true, false),
            activation));
  }
}
