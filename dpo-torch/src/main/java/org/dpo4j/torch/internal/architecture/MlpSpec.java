package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableList;

/** The feed-forward part of a layer. */
public sealed interface MlpSpec {

  /** The nonlinearity. */
  enum Activation {
    /** {@code x σ(x)}. */
    SILU,
    /** {@code x Φ(x)} with the exact normal distribution function. */
    GELU,
    /** GELU by its tanh approximation ({@code gelu_new}, {@code gelu_pytorch_tanh}). */
    GELU_TANH
  }

  /**
   * {@code down(f(gate(x)) · up(x))}.
   *
   * @param gate in {@code width}, out {@code inner}
   * @param up in {@code width}, out {@code inner}
   * @param down in {@code inner}, out {@code width}
   * @param activation f
   */
  record Gated(LinearSpec gate, LinearSpec up, LinearSpec down, Activation activation)
      implements MlpSpec {}

  /**
   * The same with gate and up in one module, gate first.
   *
   * @param gateUp in {@code width}, out {@code 2 · inner}
   * @param down in {@code inner}, out {@code width}
   * @param activation f
   */
  record JoinedGated(LinearSpec gateUp, LinearSpec down, Activation activation)
      implements MlpSpec {}

  /**
   * {@code down(f(up(x)))}.
   *
   * @param up in {@code width}, out {@code inner}
   * @param down in {@code inner}, out {@code width}
   * @param activation f
   */
  record Plain(LinearSpec up, LinearSpec down, Activation activation) implements MlpSpec {}

  /**
   * Its linear modules.
   *
   * @return in the order of the forward pass
   */
  default ImmutableList<LinearSpec> linears() {
    if (this instanceof Gated gated) {
      return ImmutableList.of(gated.gate(), gated.up(), gated.down());
    }
    if (this instanceof JoinedGated joined) {
      return ImmutableList.of(joined.gateUp(), joined.down());
    }
    Plain plain = (Plain) this;
    return ImmutableList.of(plain.up(), plain.down());
  }
}
