package org.dpo4j.torch;

import org.dpo4j.core.math.Check;

/**
 * Activation checkpointing (Chen et al. 2016, arXiv 1604.06174): keep only each layer's input in
 * the forward pass and compute the layer again in the backward pass. The gradients are the same;
 * memory hardly grows with depth; a step takes about a quarter longer.
 */
public sealed interface Checkpointing {

  /** Never. */
  record Off() implements Checkpointing {}

  /** Always. */
  record On() implements Checkpointing {}

  /**
   * For a micro-batch whose activations would take more.
   *
   * @param bytes ≥ 0
   */
  record Above(long bytes) implements Checkpointing {

    /** Checks the range. */
    public Above {
      Check.that(bytes >= 0, "bytes must be ≥ 0, got %d", bytes);
    }
  }

  /**
   * Never.
   *
   * @return the default
   */
  static Checkpointing off() {
    return new Off();
  }

  /**
   * Always.
   *
   * @return the setting
   */
  static Checkpointing on() {
    return new On();
  }

  /**
   * For a micro-batch whose activations would take more than a budget.
   *
   * @param bytes ≥ 0
   * @return the setting
   */
  static Checkpointing above(long bytes) {
    return new Above(bytes);
  }

  /**
   * Whether to checkpoint.
   *
   * @param activationBytes what a micro-batch would keep
   * @return true if it is to be checkpointed
   */
  default boolean applies(long activationBytes) {
    return this instanceof On || (this instanceof Above above && activationBytes > above.bytes());
  }
}
