package org.dpo4j.core.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Constants are from mpmath 1.3.0 with {@code mp.dps = 40}, each 17 to 20 digits of, for instance,
 * {@code -log1p(exp(-mpf('0.5')))} or, where x is no short binary fraction, {@code
 * log(-expm1(mpf(-0.1)))} with the double's exact value.
 */
class LogSpaceTest {
  private static final double ULPS = 4e-16;

  private static void assertDigits(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(ULPS * Math.abs(expected)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0, 0.5",
    "0.5, 0.62245933120185456464",
    "-0.5, 0.37754066879814543536",
    "2.0, 0.88079707797788244406",
    "40.0, 0.99999999999999999575",
    "-40.0, 4.2483542552915889773e-18",
    "-700.0, 9.8596765437597708567e-305",
    "800.0, 1.0",
    "-800.0, 0.0"
  })
  void sigmoid_hasAllDigitsInBothTails(double z, double expected) {
    assertDigits(LogSpace.sigmoid(z), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0, -0.69314718055994530942",
    "0.5, -0.47407698418010668087",
    "-0.5, -0.97407698418010668087",
    "2.0, -0.12692801104297249644",
    "40.0, -4.2483542552915889863e-18",
    "-40.0, -40.000000000000000004",
    "-700.0, -700.0",
    "-1e6, -1e6",
    "800.0, 0.0"
  })
  void logSigmoid_hasAllDigitsInBothTails(double z, double expected) {
    assertDigits(LogSpace.logSigmoid(z), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-1e-20, -46.051701859880913735",
    "-1e-300, -690.77552789821370518",
    "-0.1, -2.3521684610440907561",
    "-0.6931, -0.69319436334600083574",
    "-0.6932, -0.69309436390963647599",
    "-1.0, -0.45867514538708189102",
    "-50.0, -1.928749847963917783e-22",
    "-800.0, 0.0"
  })
  void log1mExp_hasAllDigitsOnBothSidesOfLn2(double x, double expected) {
    assertDigits(LogSpace.log1mExp(x), expected);
  }

  @Test
  void logSumExp_doesNotOverflow() {
    assertDigits(LogSpace.logSumExp(1.0, 2.0, 3.0), 3.40760596444438);
    assertDigits(LogSpace.logSumExp(1000.0, 999.0), 1000.3132616875182);
    assertDigits(LogSpace.logSumExp(-1000.0, -1001.0), -999.6867383124818);
    assertThat(LogSpace.logSumExp(-5.0)).isEqualTo(-5.0);
  }

  @Test
  void logSumExp_ofImpossibilitiesIsImpossible() {
    double never = Double.NEGATIVE_INFINITY;

    assertThat(LogSpace.logSumExp(never, never)).isEqualTo(never);
    assertThat(LogSpace.logSumExp(never, 0.5)).isEqualTo(0.5);
    assertThat(LogSpace.logSumExp()).isEqualTo(never);
  }

  @Test
  void logSoftmax_isADistributionWhateverTheShift() {
    double[] here = LogSpace.logSoftmax(1.0, 2.0, 3.0);
    double[] there = LogSpace.logSoftmax(1001.0, 1002.0, 1003.0);

    // The last is -log(1 + e^-1 + e^-2)
    assertThat(here[2]).isCloseTo(-0.4076059644443803, within(1e-15));
    assertThat(Math.exp(here[0]) + Math.exp(here[1]) + Math.exp(here[2]))
        .isCloseTo(1.0, within(1e-15));
    assertThat(there).containsExactly(here, within(1e-12));
  }

  @Test
  void expClamped_saturatesAt700() {
    assertDigits(LogSpace.expClamped(700.0), 1.0142320547350045e304);
    assertThat(LogSpace.expClamped(1e6)).isEqualTo(LogSpace.expClamped(700.0));
    assertThat(LogSpace.expClamped(0.0)).isEqualTo(1.0);
    assertThat(LogSpace.expClamped(-1e6)).isZero();
  }
}
