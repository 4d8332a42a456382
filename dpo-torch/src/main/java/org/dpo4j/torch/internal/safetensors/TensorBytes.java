package org.dpo4j.torch.internal.safetensors;

import java.util.Locale;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.TensorShape;

/** How many bytes a tensor takes, with the rules on shapes. */
final class TensorBytes {

  static final int MAX_RANK = 16;

  private TensorBytes() {}

  /** The size of a tensor; {@code place} starts the message if there is none. */
  static long of(String place, TensorType type, TensorShape shape) {
    int rank = shape.sizes().length();
    Check.that(
        rank <= MAX_RANK,
        "%s: shape must have at most %d dimensions, got %d",
        place,
        MAX_RANK,
        rank);
    Check.that(
        shape.sizes().stream().allMatch(size -> size >= 0),
        "%s: shape must have no size < 0, got %s",
        place,
        shape);
    long bits = bits(place, type, shape);
    Check.that(
        bits % 8 == 0,
        "%s: shape %s of %s must fill whole bytes, got %d bits",
        place,
        shape,
        type,
        bits);
    return bits / 8;
  }

  private static long bits(String place, TensorType type, TensorShape shape) {
    try {
      // Sizes of 0 last, so that the others are refused wherever the 0 stands.
      long bits =
          shape.sizes().stream().filter(size -> size > 0).reduce(type.bits(), Math::multiplyExact);
      return shape.sizes().contains(0) ? 0 : bits;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: shape %s of %s must be at most %d bits",
              place,
              shape,
              type,
              Long.MAX_VALUE),
          e);
    }
  }
}
