package org.dpo4j.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import org.junit.jupiter.api.Test;

class PearsonTest {

  private static final ImmutableDoubleArray X = ImmutableDoubleArray.of(1, 2, 3, 4, 5);

  @Test
  void correlation_isThatOfTheDefinition() {
    // Deviations −2 … 2 and −1, 0, −2, 2, 1: 6 / √(10 · 10)
    assertThat(Pearson.correlation(X, ImmutableDoubleArray.of(2, 3, 1, 5, 4)).getAsDouble())
        .isCloseTo(0.6, within(1e-15));
  }

  @Test
  void correlation_ofALineIsOne() {
    assertThat(Pearson.correlation(X, ImmutableDoubleArray.of(0.1, 0.3, 0.5, 0.7, 0.9)))
        .hasValueCloseTo(1.0, within(1e-15));
    assertThat(Pearson.correlation(X, ImmutableDoubleArray.of(5, 4, 3, 2, 1)))
        .hasValueCloseTo(-1.0, within(1e-15));
  }

  @Test
  void correlation_ofWhatDoesNotVaryIsNone() {
    assertThat(Pearson.correlation(X, ImmutableDoubleArray.of(7, 7, 7, 7, 7))).isEmpty();
    assertThat(Pearson.correlation(ImmutableDoubleArray.of(), ImmutableDoubleArray.of())).isEmpty();
  }

  @Test
  void correlation_ofUnequalLengthsIsRefused() {
    assertThatThrownBy(() -> Pearson.correlation(X, ImmutableDoubleArray.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x and y must be equally long, got 5 and 1");
  }
}
