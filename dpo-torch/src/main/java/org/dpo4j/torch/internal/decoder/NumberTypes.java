package org.dpo4j.torch.internal.decoder;

import com.google.errorprone.annotations.Immutable;

/**
 * In what types a model is held and computed, by libtorch's numbers of them. Log-probabilities,
 * norms' weights, adapters and optimizers are always fp32.
 *
 * @param weights of matrices
 * @param layers that layers compute in
 */
@Immutable
public record NumberTypes(int weights, int layers) {

  /** libtorch's number of fp32. */
  public static final int FLOAT32 = 6;

  /** libtorch's number of bf16. */
  public static final int BFLOAT16 = 15;

  int layerBytes() {
    return layers == FLOAT32 ? Float.BYTES : Short.BYTES;
  }
}
