package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Causal self-attention with grouped queries: {@code softmax(s·q kᵀ + mask) v}.
 *
 * @param heads query heads
 * @param keyValueHeads divides {@code heads}
 * @param headWidth of one head
 * @param scale s
 * @param softCap c of {@code c·tanh(s·q kᵀ/c)}, before the mask
 * @param window how many positions a query sees, itself included; all if absent
 * @param projection x to q, k, v
 * @param output heads to the hidden state
 * @param rotary applied to q and k
 * @param queryNorm over {@code headWidth}, before the rotation
 * @param keyNorm over {@code headWidth}, before the rotation
 */
public record AttentionSpec(
    int heads,
    int keyValueHeads,
    int headWidth,
    double scale,
    OptionalDouble softCap,
    OptionalInt window,
    Projection projection,
    LinearSpec output,
    Optional<RotarySpec> rotary,
    Optional<NormSpec> queryNorm,
    Optional<NormSpec> keyNorm) {

  /** How the checkpoint holds the three input projections. */
  public sealed interface Projection {

    /**
     * Three modules.
     *
     * @param query out {@code heads · headWidth}
     * @param key out {@code keyValueHeads · headWidth}
     * @param value out {@code keyValueHeads · headWidth}
     */
    record Separate(LinearSpec query, LinearSpec key, LinearSpec value) implements Projection {}

    /**
     * One module.
     *
     * @param all its output is split
     * @param order how
     */
    record Joined(LinearSpec all, Order order) implements Projection {}
  }

  /** How the output of a joined projection is laid out. */
  public enum Order {
    /** All heads' queries, then all keys, then all values (GPT-2, Phi-3). */
    BY_PART,
    /** Head by head its query, key and value (GPT-NeoX). */
    BY_HEAD
  }

  ImmutableList<LinearSpec> linears() {
    return projection instanceof Projection.Separate separate
        ? ImmutableList.of(separate.query(), separate.key(), separate.value(), output)
        : ImmutableList.of(((Projection.Joined) projection).all(), output);
  }

  ImmutableMap<String, TensorShape> weights() {
    ImmutableMap.Builder<String, TensorShape> weights = ImmutableMap.builder();
    linears().forEach(linear -> weights.putAll(linear.weights()));
    queryNorm.ifPresent(norm -> weights.putAll(norm.weights()));
    keyNorm.ifPresent(norm -> weights.putAll(norm.weights()));
    return weights.buildOrThrow();
  }
}
