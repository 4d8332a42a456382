package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.junit.jupiter.api.Test;

final class LoraStartTest {

  private static final LinearSpec LINEAR = new LinearSpec("model.x", 400, 30, false, false);
  private static final LoraScale SCALE = new LoraScale(50, 100, false);

  @Test
  void b_isZero() {
    assertThat(floats(LoraStart.on(LINEAR, SCALE, 1).b())).hasSize(30 * 50).containsOnly(0f);
  }

  @Test
  void a_isUniformInsideItsBound() {
    float[] a = floats(LoraStart.on(LINEAR, SCALE, 1).a());
    double bound = 1 / Math.sqrt(400);
    double mean = 0;
    double square = 0;
    int[] tenths = new int[10];
    for (float number : a) {
      assertThat(Math.abs(number)).isLessThan((float) bound);
      mean += number / a.length;
      square += (double) number * number / a.length;
      tenths[(int) ((number / bound + 1) * 5)]++;
    }
    // 20,000 draws; five standard errors.
    assertThat(mean).isCloseTo(0, within(5 * bound / Math.sqrt(3 * a.length)));
    assertThat(square).isCloseTo(bound * bound / 3, within(0.02 * bound * bound));
    for (int count : tenths) {
      assertThat(count).isBetween(2000 - 5 * 43, 2000 + 5 * 43);
    }
  }

  @Test
  void a_isTheSameOnEveryMachine() {
    // SHA-256 and SplitMix64 in numpy.
    assertThat(floats(LoraStart.on(LINEAR, SCALE, 42).a()))
        .startsWith(0.02393112f, 0.032252457f, 0.036116354f, 0.016288176f);
  }

  @Test
  void a_dependsOnSeedAndModule() {
    Matrix a = LoraStart.on(LINEAR, SCALE, 1).a();
    assertThat(LoraStart.on(LINEAR, SCALE, 1).a()).isEqualTo(a);
    assertThat(LoraStart.on(LINEAR, SCALE, 2).a()).isNotEqualTo(a);
    assertThat(LoraStart.on(new LinearSpec("model.y", 400, 30, false, false), SCALE, 1).a())
        .isNotEqualTo(a);
  }

  private static float[] floats(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.values().get(values);
    return values;
  }
}
