package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Weights held in bf16, layers computed in bf16. Log-probabilities stay fp32. */
class PrecisionTest {

  @Test
  void bf16Weights_ofBf16Checkpoint_changeNothing() {
    TinyModel tiny = TinyModel.of("qwen2"); // its file is in bf16
    assertThat(logProbs(tiny, Precision.BFLOAT16_WEIGHTS))
        .isEqualTo(logProbs(tiny, Precision.FLOAT32));
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void bf16Weights_nearFloat32(String name) {
    requireNear(TinyModel.of(name), Precision.BFLOAT16_WEIGHTS, 0.15);
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void bf16_nearFloat32(String name) {
    requireNear(TinyModel.of(name), Precision.BFLOAT16, 0.5);
  }

  /** Tiny random models with large weights are the worst case: rounding is not averaged away. */
  private static void requireNear(TinyModel tiny, Precision precision, double nats) {
    TokenValues exact = logProbs(tiny, Precision.FLOAT32);
    TokenValues rounded = logProbs(tiny, precision);
    assertThat(rounded.sameShape(exact)).isTrue();
    for (int row = 0; row < exact.rows(); row++) {
      assertThat(rounded.row(row)).containsExactly(exact.row(row), within(nats));
    }
  }

  private static TokenValues logProbs(TinyModel tiny, Precision precision) {
    try (LanguageModel model = tiny.load(Placement.on("cpu").precision(precision))) {
      return model.base().logProbs(tiny.groups());
    }
  }
}
