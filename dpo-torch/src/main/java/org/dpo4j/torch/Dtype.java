package org.dpo4j.torch;

import java.util.Locale;
import org.dpo4j.torch.internal.safetensors.TensorType;

/** What a checkpoint's weights are written in, by the names that {@code config.json} has for it. */
public enum Dtype {
  /** Single precision. */
  FLOAT32(TensorType.F32),
  /** The upper half of a float32. */
  BFLOAT16(TensorType.BF16),
  /** IEEE half precision: nothing beyond 65504. */
  FLOAT16(TensorType.F16);

  private final TensorType type;

  Dtype(TensorType type) {
    this.type = type;
  }

  TensorType type() {
    return type;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
