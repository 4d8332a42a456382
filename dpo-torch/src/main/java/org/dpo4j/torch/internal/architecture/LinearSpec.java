package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableMap;

/**
 * A linear module: {@code y = x Wᵀ (+ b)}.
 *
 * @param module its path, for instance {@code model.layers.0.self_attn.q_proj}
 * @param in width of x
 * @param out width of y
 * @param hasBias whether there is a b
 * @param transposed whether the checkpoint stores {@code [in, out]} (GPT-2's Conv1D) and not {@code
 *     [out, in]}
 */
public record LinearSpec(String module, int in, int out, boolean hasBias, boolean transposed) {

  /**
   * Name of W.
   *
   * @return the tensor's name
   */
  public String weight() {
    return module + ".weight";
  }

  /**
   * Name of b, if there is one.
   *
   * @return the tensor's name
   */
  public String bias() {
    return module + ".bias";
  }

  ImmutableMap<String, TensorShape> weights() {
    ImmutableMap.Builder<String, TensorShape> weights = ImmutableMap.builder();
    weights.put(weight(), transposed ? TensorShape.of(in, out) : TensorShape.of(out, in));
    if (hasBias) {
      weights.put(bias(), TensorShape.of(out));
    }
    return weights.buildOrThrow();
  }
}
