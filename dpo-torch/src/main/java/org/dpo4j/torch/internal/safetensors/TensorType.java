package org.dpo4j.torch.internal.safetensors;

import com.google.common.math.IntMath;

/** What the elements of a tensor are. The names are those of the format. */
public enum TensorType {
  /** True or false, a byte each. */
  BOOL(8),
  /** Float of four bits, two in a byte. */
  F4(4),
  /** Float of six bits, four in three bytes, with three bits of fraction. */
  F6_E2M3(6),
  /** Float of six bits, four in three bytes, with two bits of fraction. */
  F6_E3M2(6),
  /** Unsigned byte. */
  U8(8),
  /** Signed byte. */
  I8(8),
  /** Float of eight bits with two of fraction. */
  F8_E5M2(8),
  /** Float of eight bits with three of fraction. */
  F8_E4M3(8),
  /** Power of two, eight bits of exponent: a scale of other floats. */
  F8_E8M0(8),
  /** As {@link #F8_E4M3}, without infinity and negative zero. */
  F8_E4M3FNUZ(8),
  /** As {@link #F8_E5M2}, without infinity and negative zero. */
  F8_E5M2FNUZ(8),
  /** Signed, 16 bits. */
  I16(16),
  /** Unsigned, 16 bits. */
  U16(16),
  /** IEEE half precision. */
  F16(16),
  /** The upper half of an {@link #F32}. */
  BF16(16),
  /** Signed, 32 bits. */
  I32(32),
  /** Unsigned, 32 bits. */
  U32(32),
  /** IEEE single precision. */
  F32(32),
  /** Complex, two {@link #F32}. */
  C64(64),
  /** IEEE double precision. */
  F64(64),
  /** Signed, 64 bits. */
  I64(64),
  /** Unsigned, 64 bits. */
  U64(64);

  private final int bits;

  TensorType(int bits) {
    this.bits = bits;
  }

  /**
   * The size of an element.
   *
   * @return bits; 4 and 6 are possible
   */
  public int bits() {
    return bits;
  }

  /**
   * The size of an element.
   *
   * @return bytes; 0 for the types of less than a byte, for which {@link #bits()} has to be used
   */
  public int bytes() {
    return bits / 8;
  }

  /** The fewest bytes that hold whole elements. */
  int wholeBytes() {
    return bits / IntMath.gcd(bits, 8);
  }
}
