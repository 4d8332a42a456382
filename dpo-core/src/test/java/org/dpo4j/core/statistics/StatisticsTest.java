package org.dpo4j.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableDoubleArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden values: scipy 1.x, {@code binomtest} and Newton on the same likelihood; Newcombe 1998. */
class StatisticsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.0, 0.27753279986288926",
    "7, 10, 0.39677814746114526, 0.892208732593699",
    "10, 10, 0.7224672001371109, 1.0",
    "63, 100, 0.5322052958094291, 0.7181763946567546",
    "499, 1000, 0.468073488750724, 0.529934164766247"
  })
  void wilson_interval_is_scipy_s(double successes, int n, double low, double high) {
    Interval interval = Wilson.interval(successes, n);

    assertThat(interval.low()).isCloseTo(low, within(1e-14));
    assertThat(interval.high()).isCloseTo(high, within(1e-14));
    assertThat(interval.contains(successes / n)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 3, 0.34375",
    "0, 10, 0.001953125",
    "5, 5, 1.0",
    "0, 0, 1.0",
    "63, 37, 0.012032975725363479",
    "480, 520, 0.2174482932041415"
  })
  void sign_test_is_scipy_s(int wins, int losses, double p) {
    assertThat(SignTest.pValue(wins, losses)).isCloseTo(p, within(1e-11));
    assertThat(SignTest.pValue(losses, wins)).isEqualTo(SignTest.pValue(wins, losses));
  }

  @ParameterizedTest
  @CsvSource({
    "36, 12, 2, 0, 0.2, 0.05692958400323875, 0.3404276029749408",
    "53, 0, 1, 0, -0.018518518518518517, -0.09771437488781931, 0.049621661889404076",
    "20, 12, 2, 16, 0.2, 0.05615642484174829, 0.32920699540014053",
    "30, 0, 0, 0, 0.0, -0.1135133931739688, 0.1135133931739688"
  })
  void paired_difference_is_newcombe_s(
      int both, int first, int second, int neither, double value, double low, double high) {
    PairedDifference difference = new PairedDifference(both, first, second, neither);

    assertThat(difference.value()).isCloseTo(value, within(1e-14));
    assertThat(difference.interval().low()).isCloseTo(low, within(1e-12));
    assertThat(difference.interval().high()).isCloseTo(high, within(1e-12));
  }

  @Test
  void length_controlled_rate_is_the_penalised_likelihood_s() {
    LengthControlled rate =
        LengthControlled.of(
            ImmutableDoubleArray.of(1, 0, 1, 1, 0, 1, .5, 0, 1, .5, 1, 0),
            ImmutableDoubleArray.of(12, -5, 30, 8, -20, 15, 0, -7, 22, 3, -14, 9));

    // Raw: 0.583; the winner was longer.
    assertThat(rate.rate()).isCloseTo(0.5475679964063433, within(1e-10));
    assertThat(rate.interval().low()).isCloseTo(0.2652061051778236, within(1e-10));
    assertThat(rate.interval().high()).isCloseTo(0.8023078073093544, within(1e-10));
  }

  @Test
  void length_that_decides_everything_leaves_a_half() {
    LengthControlled rate =
        LengthControlled.of(
            ImmutableDoubleArray.of(1, 1, 0, 0), ImmutableDoubleArray.of(9, 7, -9, -7));

    assertThat(rate.rate()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void equal_lengths_leave_the_raw_rate() {
    assertThat(
            LengthControlled.of(
                    ImmutableDoubleArray.of(1, 1, 1, 0), ImmutableDoubleArray.of(3, 3, 3, 3))
                .rate())
        .isCloseTo(0.75, within(1e-12));
    assertThat(LengthControlled.of(ImmutableDoubleArray.of(1, 1), ImmutableDoubleArray.of(4, 1)))
        .isEqualTo(new LengthControlled(1, Wilson.interval(2, 2)));
  }

  @Test
  void impossible_counts_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wilson.interval(11, 10))
        .withMessage("successes must be in [0, 10], got 11.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignTest.pValue(-1, 2))
        .withMessage("wins and losses must be ≥ 0, got -1, 2");
  }
}
