package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Order;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;

/** GPT-2: learned positions, biases everywhere, linear weights stored {@code [in, out]}. */
final class Gpt2 implements Architecture {

  private static final String ROOT = "transformer.";

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("gpt2");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    // reorder_and_upcast_attn only moves a multiplication to where float16 overflows less.
    config.refuseIfSet("rope_scaling");
    Sizes sizes = Sizes.readGpt(config);
    double epsilon = GptStyle.epsilon(config, "layer_norm_epsilon");
    MlpSpec.Activation activation = Activations.read(config, "activation_function", "gelu_new");
    boolean scaled = config.optionalBoolean("scale_attn_weights", true);
    boolean byDepth = config.optionalBoolean("scale_attn_by_inverse_layer_idx", false);
    double scale = scaled ? 1 / Math.sqrt(sizes.headWidth()) : 1;
    boolean tied = config.optionalBoolean("tie_word_embeddings", true);
    String embedding = ROOT + "wte.weight";
    return new DecoderSpec(
        "gpt2",
        sizes.vocabulary(),
        sizes.width(),
        sizes.maxPositions(),
        new EmbeddingSpec(embedding, Optional.of(ROOT + "wpe.weight"), 1),
        LlamaStyle.layers(
            sizes,
            i ->
                layer(
                    ROOT + "h." + i,
                    sizes,
                    epsilon,
                    byDepth ? scale / (i + 1) : scale,
                    activation)),
        GptStyle.norm(ROOT + "ln_f", sizes, epsilon),
        new HeadSpec(embedding, "lm_head.weight", tied, Optional.empty(), OptionalDouble.empty()));
  }

  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
  }

  @Override
  public String nameOf(String tensor) {
    // The first checkpoints were saved from the model without its head.
    return Stream.of("h.", "wte.", "wpe.", "ln_f.").anyMatch(tensor::startsWith)
        ? ROOT + tensor
        : tensor;
  }

  private static LayerSpec layer(
      String layer, Sizes sizes, double epsilon, double scale, MlpSpec.Activation activation) {
    int width = sizes.width();
    return new LayerSpec(
        Residual.SEQUENTIAL,
        GptStyle.norm(layer + ".ln_1", sizes, epsilon),
        Optional.empty(),
        Optional.of(GptStyle.norm(layer + ".ln_2", sizes, epsilon)),
        Optional.empty(),
        new AttentionSpec(
            sizes.heads(),
            sizes.heads(),
            sizes.headWidth(),
            scale,
            OptionalDouble.empty(),
            OptionalInt.empty(),
            new Projection.Joined(
                new LinearSpec(layer + ".attn.c_attn", width, 3 * width, true, true),
                Order.BY_PART),
            new LinearSpec(layer + ".attn.c_proj", width, width, true, true),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new MlpSpec.Plain(
            new LinearSpec(layer + ".mlp.c_fc", width, sizes.inner(), true, true),
            new LinearSpec(layer + ".mlp.c_proj", sizes.inner(), width, true, true),
            activation));
  }
}
