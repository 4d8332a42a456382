package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class NarrowingTest {

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F16", "BF16"})
  void put_whatTheTypeHolds_comesBackAsItWas(TensorType type) {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float number = widened(type, (short) bits);
      int back = narrowed(type, number) & 0xffff;
      if (Float.isNaN(number)) {
        assertThat(widened(type, (short) back)).isNaN();
      } else {
        assertThat(back).as(Float.toHexString(number)).isEqualTo(bits);
      }
    }
  }

  /** Between two neighbours: the nearer one, and in the middle the even one. */
  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F16", "BF16"})
  void put_betweenTwoNumbers_roundsToNearestEven(TensorType type) {
    Random random = new Random(1);
    int largest = type == TensorType.F16 ? 0x7bff : 0x7f7f;
    for (int lower = 0; lower < largest; lower += 1 + random.nextInt(3)) {
      double below = widened(type, (short) lower);
      double above = widened(type, (short) (lower + 1));
      float middle = (float) ((below + above) / 2);
      int even = lower + (lower & 1);
      assertThat(narrowed(type, middle) & 0xffff).as(lower + " and a half").isEqualTo(even);
      assertThat(narrowed(type, -middle) & 0xffff).isEqualTo(0x8000 | even);
      assertThat(narrowed(type, Math.nextUp(middle)) & 0xffff).isEqualTo(lower + 1);
      assertThat(narrowed(type, Math.nextDown(middle)) & 0xffff).isEqualTo(lower);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16,  0x1.ffdffep15, 65504.0",
    "F16, -0x1.ffdffep15, -65504.0",
    "BF16, 0x1.fefffep127, 0x1.fep127"
  })
  void put_justBelowHalfAUnitBeyondTheLargest_isTheLargest(
      TensorType type, String number, String largest) {
    assertThat(widened(type, narrowed(type, Float.parseFloat(number))))
        .isEqualTo(Float.parseFloat(largest));
  }

  @Test
  void put_beyondTheLargest_isRefused() {
    assertThatThrownBy(() -> narrowed(TensorType.F16, 65520))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("has 65520.0, and the largest float16 is 65504.0");
    assertThatThrownBy(() -> narrowed(TensorType.BF16, -Float.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("has -3.4028235E38, and the largest bfloat16 is 3.3895313892515355E38");
  }

  private static float widened(TensorType type, short bits) {
    FloatBuffer out = FloatBuffer.allocate(1);
    Widening.put(type, buffer().putShort(bits).flip(), out);
    return out.get(0);
  }

  private static short narrowed(TensorType type, float number) {
    ByteBuffer out = buffer();
    Narrowing.put(type, FloatBuffer.wrap(new float[] {number}), out);
    return out.flip().getShort();
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
  }
}
