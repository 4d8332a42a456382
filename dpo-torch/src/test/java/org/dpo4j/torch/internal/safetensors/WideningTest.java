package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

final class WideningTest {

  @Test
  void half_isItsDefinition_forAllBits() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float widened = Widening.half((short) bits);
      double expected = definition(bits);
      assertThat(Double.compare(widened, expected)).as(Integer.toHexString(bits)).isZero();
    }
  }

  @Test
  void bfloat_isTheUpperHalfOfAFloat() {
    ByteBuffer chunk =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x3fc0);
    chunk.putShort((short) 0xff7f).flip();
    FloatBuffer out = FloatBuffer.allocate(2);
    Widening.put(TensorType.BF16, chunk, out);
    assertThat(out.array()).containsExactly(1.5f, -0x1.fep127f);
  }

  /** IEEE 754, binary16. */
  private static double definition(int bits) {
    int sign = (bits & 0x8000) == 0 ? 1 : -1;
    int exponent = (bits >> 10) & 31;
    double fraction = (bits & 1023) / 1024.0;
    if (exponent == 31) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * fraction * Math.pow(2, -14)
        : sign * (1 + fraction) * Math.pow(2, exponent - 15);
  }
}
