package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SamplingTest {

  private final Sampling defaults = Sampling.defaults();

  @Test
  void defaults_drawFromTheModelItself() {
    assertThat(defaults)
        .isEqualTo(
            new Sampling(
                256, 1.0, 0, 1.0, 0.0, 1.0, ImmutableList.of(), ImmutableSet.of(), true, 42, 1));
  }

  @Test
  void each_changesItsOwn() {
    assertThat(
            defaults
                .maxTokens(1)
                .temperature(2)
                .topK(3)
                .topP(0.4)
                .minP(0.5)
                .repetitionPenalty(6)
                .stops("7", "8")
                .stopIds(9, 10)
                .endsAtEos(false)
                .seed(11)
                .samples(12))
        .isEqualTo(
            new Sampling(
                1,
                2.0,
                3,
                0.4,
                0.5,
                6.0,
                ImmutableList.of("7", "8"),
                ImmutableSet.of(9, 10),
                false,
                11,
                12));
    assertThat(Sampling.greedy()).isEqualTo(defaults.temperature(0));
  }

  @Test
  void outOfRange_refused() {
    requireRefused(() -> defaults.maxTokens(0), "maxTokens must be ≥ 1, got 0");
    requireRefused(
        () -> defaults.temperature(-0.1), "temperature must be a finite number ≥ 0, got -0.1");
    requireRefused(
        () -> defaults.temperature(Double.NaN), "temperature must be a finite number ≥ 0, got NaN");
    requireRefused(() -> defaults.topK(-1), "topK must be ≥ 0 (0 for all tokens), got -1");
    requireRefused(() -> defaults.topP(0), "topP must be in (0, 1], got 0.0");
    requireRefused(() -> defaults.topP(1.5), "topP must be in (0, 1], got 1.5");
    requireRefused(() -> defaults.minP(-1), "minP must be in [0, 1], got -1.0");
    requireRefused(
        () -> defaults.repetitionPenalty(0),
        "repetitionPenalty must be a finite number > 0, got 0.0");
    requireRefused(() -> defaults.stops("a", ""), "stops must not hold an empty text, got [a, ]");
    requireRefused(() -> defaults.stopIds(3, -3), "stopIds must be ≥ 0, got [3, -3]");
    requireRefused(() -> defaults.samples(0), "samples must be ≥ 1, got 0");
    requireRefused(
        () -> Sampling.greedy().samples(2),
        "samples must be 1 where temperature is 0, since all would be the same, got 2");
  }

  private static void requireRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }
}
