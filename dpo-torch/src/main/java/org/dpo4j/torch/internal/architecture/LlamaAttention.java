package org.dpo4j.torch.internal.architecture;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.dpo4j.torch.internal.architecture.AttentionSpec.Projection;

/**
 * Attention with the module names of Llama, which most families since have kept; what differs
 * between them is here, what differs between layers is given to {@link #at}.
 *
 * @param sizes of the decoder
 * @param inputBias whether q, k and v have one
 * @param outputBias whether the output has one
 * @param scale of the scores
 * @param softCap of the scores
 * @param headNorm formula of the norms of q and k, where there are any
 * @param epsilon of those norms
 */
record LlamaAttention(
    Sizes sizes,
    boolean inputBias,
    boolean outputBias,
    double scale,
    OptionalDouble softCap,
    Optional<NormSpec.Kind> headNorm,
    double epsilon) {

  /** Without biases, soft cap and norms, scores over √(head width). */
  static LlamaAttention plain(Sizes sizes) {
    return new LlamaAttention(
        sizes,
        false,
        false,
        1 / Math.sqrt(sizes.headWidth()),
        OptionalDouble.empty(),
        Optional.empty(),
        0);
  }

  LlamaAttention withBias(boolean input, boolean output) {
    return new LlamaAttention(sizes, input, output, scale, softCap, headNorm, epsilon);
  }

  LlamaAttention withScores(double newScale, OptionalDouble newSoftCap) {
    return new LlamaAttention(
        sizes, inputBias, outputBias, newScale, newSoftCap, headNorm, epsilon);
  }

  LlamaAttention withHeadNorm(NormSpec.Kind kind, double newEpsilon) {
    return new LlamaAttention(
        sizes, inputBias, outputBias, scale, softCap, Optional.of(kind), newEpsilon);
  }

  AttentionSpec at(String layer, RotarySpec rotary, OptionalInt window) {
    String module = layer + ".self_attn.";
    int width = sizes.width();
    return new AttentionSpec(
        sizes.heads(),
        sizes.keyValueHeads(),
        sizes.headWidth(),
        scale,
        softCap,
        window,
        new Projection.Separate(
            new LinearSpec(module + "q_proj", width, sizes.queryWidth(), inputBias, false),
            new LinearSpec(module + "k_proj", width, sizes.keyWidth(), inputBias, false),
            new LinearSpec(module + "v_proj", width, sizes.keyWidth(), inputBias, false)),
        new LinearSpec(module + "o_proj", sizes.queryWidth(), width, outputBias, false),
        Optional.of(rotary),
        headNorm(module + "q_norm.weight"),
        headNorm(module + "k_norm.weight"));
  }

  private Optional<NormSpec> headNorm(String weight) {
    return headNorm.map(
        kind -> new NormSpec(kind, weight, Optional.empty(), sizes.headWidth(), epsilon));
  }
}
