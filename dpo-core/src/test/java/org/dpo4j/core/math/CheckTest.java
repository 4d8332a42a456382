package org.dpo4j.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckTest {

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void goodValues_areReturned() {
    assertThat(Check.positive("beta", Double.MIN_VALUE)).isEqualTo(Double.MIN_VALUE);
    assertThat(Check.nonNegative("weight", 0.0)).isZero();
    assertThat(Check.finite("reward", -1e300)).isEqualTo(-1e300);
    assertThat(Check.atLeastOne("k", 1)).isEqualTo(1);
    assertThat(Check.labelNoise("noise", 0.0)).isZero();
    assertThat(Check.labelNoise("noise", 0.4999)).isEqualTo(0.4999);
    assertThatCode(() -> Check.that(true, "unused %s", 1)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void noNumbers_areRefusedEverywhere(double value) {
    assertRefused(() -> Check.positive("x", value), "x must be a finite number > 0, got " + value);
    assertRefused(
        () -> Check.nonNegative("x", value), "x must be a finite number ≥ 0, got " + value);
    assertRefused(() -> Check.finite("x", value), "x must be a finite number, got " + value);
    assertRefused(() -> Check.labelNoise("x", value), "x must be in [0, 0.5), got " + value);
  }

  @Test
  void valuesJustOutside_areRefused() {
    assertRefused(() -> Check.positive("x", 0.0), "x must be a finite number > 0, got 0.0");
    assertRefused(
        () -> Check.nonNegative("x", -1e-9), "x must be a finite number ≥ 0, got -1.0E-9");
    assertRefused(() -> Check.atLeastOne("k", 0), "k must be ≥ 1, got 0");
    assertRefused(() -> Check.labelNoise("x", 0.5), "x must be in [0, 0.5), got 0.5");
    assertRefused(() -> Check.that(false, "%s and %d", "a", 2), "a and 2");
  }
}
