package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * One layer.
 *
 * @param residual how attention and MLP add to the hidden state
 * @param attentionNorm before attention
 * @param afterAttention on attention's output, before it is added (Gemma)
 * @param mlpNorm before the MLP; absent if it reads what attention reads (GPT-J)
 * @param afterMlp on the MLP's output, before it is added (Gemma)
 * @param attention the attention
 * @param mlp the MLP
 */
public record LayerSpec(
    Residual residual,
    NormSpec attentionNorm,
    Optional<NormSpec> afterAttention,
    Optional<NormSpec> mlpNorm,
    Optional<NormSpec> afterMlp,
    AttentionSpec attention,
    MlpSpec mlp) {

  /** How attention and MLP add to the hidden state. */
  public enum Residual {
    /** {@code x ← x + attention(norm(x))}, then {@code x ← x + mlp(norm(x))}. */
    SEQUENTIAL,
    /** {@code x ← x + attention(norm(x)) + mlp(norm(x))}. */
    PARALLEL
  }

  /**
   * Its linear modules.
   *
   * @return in the order of the forward pass
   */
  public ImmutableList<LinearSpec> linears() {
    return ImmutableList.<LinearSpec>builder()
        .addAll(attention.linears())
        .addAll(mlp.linears())
        .build();
  }

  ImmutableMap<String, TensorShape> weights() {
    ImmutableMap.Builder<String, TensorShape> weights = ImmutableMap.builder();
    weights.putAll(attentionNorm.weights());
    weights.putAll(attention.weights());
    afterAttention.ifPresent(norm -> weights.putAll(norm.weights()));
    mlpNorm.ifPresent(norm -> weights.putAll(norm.weights()));
    mlp.linears().forEach(linear -> weights.putAll(linear.weights()));
    afterMlp.ifPresent(norm -> weights.putAll(norm.weights()));
    return weights.buildOrThrow();
  }
}
