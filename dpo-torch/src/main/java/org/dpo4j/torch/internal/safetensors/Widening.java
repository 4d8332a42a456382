package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableSet;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Floating-point numbers of files, made single precision. None loses a bit. */
public final class Widening {

  /** What can be widened. */
  public static final ImmutableSet<TensorType> TYPES =
      ImmutableSet.of(TensorType.F32, TensorType.F16, TensorType.BF16);

  /** The unit of half precision's numbers below its normal range. */
  private static final float SUBNORMAL = 0x1p-24f;

  private Widening() {}

  /**
   * Puts all numbers of a chunk into a buffer.
   *
   * @param type of the chunk's elements, one of {@link #TYPES}
   * @param chunk little-endian, whole elements
   * @param out has room for them
   * @throws IllegalArgumentException if they are of another type
   */
  public static void put(TensorType type, ByteBuffer chunk, FloatBuffer out) {
    switch (type) {
      case F32 -> out.put(chunk.asFloatBuffer());
      case BF16 -> {
        while (chunk.hasRemaining()) {
          out.put(Float.intBitsToFloat(chunk.getShort() << 16));
        }
      }
      case F16 -> {
        while (chunk.hasRemaining()) {
          out.put(half(chunk.getShort()));
        }
      }
      default ->
          throw new IllegalArgumentException("type must be one of " + TYPES + ", got " + type);
    }
  }

  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SUBNORMAL));
    }
    int wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
