package org.dpo4j.torch;

import org.dpo4j.torch.internal.decoder.NumberTypes;

/** In what type weights are held and layers computed. Log-probabilities are always fp32. */
public enum Precision {
  /** Weights and layers in fp32: exact, and what full fine-tuning needs. */
  FLOAT32(NumberTypes.FLOAT32, NumberTypes.FLOAT32),
  /**
   * Matrices held in bf16 and widened one at a time, layers computed in fp32: half the memory; the
   * only error is that of rounding the weights, none if the checkpoint is in bf16.
   */
  BFLOAT16_WEIGHTS(NumberTypes.BFLOAT16, NumberTypes.FLOAT32),
  /** Matrices and layers in bf16, for GPUs. */
  BFLOAT16(NumberTypes.BFLOAT16, NumberTypes.BFLOAT16);

  private final NumberTypes types;

  Precision(int weights, int layers) {
    this.types = new NumberTypes(weights, layers);
  }

  NumberTypes types() {
    return types;
  }
}
