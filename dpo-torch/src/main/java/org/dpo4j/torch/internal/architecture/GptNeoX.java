package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Order;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;
import org.dpo4j.torch.internal.architecture.LayerSpec.Residual;

/** GPT-NeoX-20B and Pythia: attention and MLP side by side, each behind its own norm. */
final class GptNeoX implements Architecture {

  private static final String HEAD = "embed_out.weight";

  @Override
  public ImmutableSet<String> modelTypes() {
    return ImmutableSet.of("gpt_neox");
  }

  @Override
  public DecoderSpec describe(ModelConfig config) {
    Sizes sizes = Sizes.read(config);
    config.check(
        sizes.queryWidth() == sizes.width() && sizes.keyValueHeads() == sizes.heads(),
        "num_attention_heads",
        "must share hidden_size = " + sizes.width() + " evenly, without head_dim or grouped heads");
    double epsilon = GptStyle.epsilon(config, "layer_norm_eps");
    MlpSpec.Activation activation = Activations.read(config, "hidden_act", "gelu");
    RotarySpec rotary =
        Rope.read(config, "rotary_emb_base", "rotary_pct", 0.25).rotary(config, sizes.headWidth());
    Residual residual =
        config.optionalBoolean("use_parallel_residual", true)
            ? Residual.PARALLEL
            : Residual.SEQUENTIAL;
    boolean bias = config.optionalBoolean("attention_bias", true);
    boolean tied = config.optionalBoolean("tie_word_embeddings", false);
    String embedding = "gpt_neox.embed_in.weight";
    return new DecoderSpec(
        "gpt_neox",
        sizes.vocabulary(),
        sizes.width(),
        sizes.maxPositions(),
        new EmbeddingSpec(embedding, Optional.empty(), 1),
        LlamaStyle.layers(
            sizes,
            i -> {
              String layer = "gpt_neox.layers." + i;
              return new LayerSpec(
                  residual,
                  GptStyle.norm(layer + ".input_layernorm", sizes, epsilon),
                  Optional.empty(),
                  Optional.of(GptStyle.norm(layer + ".post_attention_layernorm", sizes, epsilon)),
                  Optional.empty(),
                  attention(layer + ".attention", sizes, bias, rotary),
                  mlp(layer + ".mlp", sizes, activation));
            }),
        GptStyle.norm("gpt_neox.final_layer_norm", sizes, epsilon),
        new HeadSpec(embedding, HEAD, tied, Optional.empty(), OptionalDouble.empty()));
  }

  @Override
  public boolean ignores(String tensor) {
    return Architecture.super.ignores(tensor)
        || tensor.endsWith(".attention.bias")
        || tensor.endsWith(".attention.masked_bias");
  }

  @Override
  public String nameOf(String tensor) {
    return tensor.equals("lm_head.weight") ? HEAD : tensor;
  }

  private static AttentionSpec attention(
      String module, Sizes sizes, boolean bias, RotarySpec rotary) {
    int width = sizes.width();
    return new AttentionSpec(
        sizes.heads(),
        sizes.heads(),
        sizes.headWidth(),
        1 / Math.sqrt(sizes.headWidth()),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        new Projection.Joined(
            new LinearSpec(module + ".query_key_value", width, 3 * width, bias, false),
            Order.BY_HEAD),
        new LinearSpec(module + ".dense", width, width, bias, false),
        Optional.of(rotary),
        Optional.empty(),
        Optional.empty());
  }

  private static MlpSpec mlp(String module, Sizes sizes, MlpSpec.Activation activation) {
    return new MlpSpec.Plain(
        new LinearSpec(module + ".dense_h_to_4h", sizes.width(), sizes.inner(), true, false),
        new LinearSpec(module + ".dense_4h_to_h", sizes.inner(), sizes.width(), true, false),
        activation);
  }
}
