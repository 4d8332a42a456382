package org.dpo4j.torch.internal.decoder;

import com.google.errorprone.annotations.Immutable;
import org.dpo4j.torch.internal.architecture.TensorShape;

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

  /** Bytes of a tensor of the checkpoint. */
  long bytes(TensorShape shape) {
    boolean narrow = shape.sizes().length() > 1 && weights != FLOAT32;
    return shape.elements() * (narrow ? Short.BYTES : Float.BYTES);
  }

  int layerBytes() {
    return layers == FLOAT32 ? Float.BYTES : Short.BYTES;
  }
}
