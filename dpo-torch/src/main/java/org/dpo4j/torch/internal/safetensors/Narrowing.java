package org.dpo4j.torch.internal.safetensors;

import com.google.common.base.Joiner;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;

/**
 * Single precision, rounded to what a file holds: to the nearest number, and of two as near to the
 * one whose last bit is 0.
 */
public final class Narrowing {

  /**
   * Half of the largest half-precision number's last bit above it: from here on all is infinite.
   */
  private static final int HALF_OVERFLOW = Float.floatToRawIntBits(65_520f);

  private static final int HALF_NORMAL = Float.floatToRawIntBits(0x1p-14f);
  private static final int INFINITY = 0x7f800000;

  private Narrowing() {}

  /**
   * Puts all numbers of a buffer into another one.
   *
   * @param type of the elements to be written, one of {@link Widening#TYPES}
   * @param numbers what to round
   * @param out little-endian, with room for them
   * @throws ArithmeticException if a finite number is beyond the largest of the type; the message
   *     names both
   */
  public static void put(TensorType type, FloatBuffer numbers, ByteBuffer out) {
    while (numbers.hasRemaining()) {
      float number = numbers.get();
      switch (type) {
        case F32 -> out.putFloat(number);
        case BF16 -> out.putShort(bfloat(number));
        case F16 -> out.putShort(half(number));
        default ->
            throw new IllegalArgumentException(
                "type must be one of " + Joiner.on(", ").join(Widening.TYPES) + ", got " + type);
      }
    }
  }

  static short bfloat(float number) {
    int bits = Float.floatToRawIntBits(number);
    int magnitude = bits & Integer.MAX_VALUE;
    if (magnitude > INFINITY) {
      return (short) ((bits >>> 16) | 0x40); // a NaN stays one
    }
    int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    requireFinite(
        (rounded & 0x7fff) < 0x7f80 || magnitude == INFINITY, number, "bfloat16", 0x1.fep127);
    return (short) rounded;
  }

  static short half(float number) {
    int bits = Float.floatToRawIntBits(number);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & Integer.MAX_VALUE;
    if (magnitude >= INFINITY) {
      return (short) (sign | (magnitude == INFINITY ? 0x7c00 : 0x7e00));
    }
    requireFinite(magnitude < HALF_OVERFLOW, number, "float16", 65_504);
    if (magnitude < HALF_NORMAL) {
      // A whole number of units of 2^-24; a carry gives the smallest normal number's bits.
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
    }
    int rounded = (magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    return (short) (sign | (rounded - ((127 - 15) << 10)));
  }

  private static void requireFinite(boolean is, float number, String type, double largest) {
    if (!is) {
      throw new ArithmeticException(
          String.format(Locale.ROOT, "has %s, and the largest %s is %s", number, type, largest));
    }
  }
}
