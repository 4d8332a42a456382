package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {

  private static final Measurement MEASUREMENT =
      new Measurement(
          new Timing("live", List.of(3.0, 2.0, 2.0), List.of(0.69, 0.7, 0.65), 1 << 20, 2),
          List.of(
              new Work(4, 100, 60e9, 0), new Work(4, 150, 70e9, 10e9), new Work(2, 50, 50e9, 0)),
          1.5,
          40e9,
          50e9,
          "2.7.1");

  @Test
  void line_parsed_same() {
    assertThat(Measurement.parse(MEASUREMENT.line())).isEqualTo(MEASUREMENT);
  }

  @Test
  void warm_allButTheFirstStep() {
    assertThat(MEASUREMENT.timing().total()).isEqualTo(7);
    assertThat(MEASUREMENT.timing().warm()).isEqualTo(4);
    assertThat(MEASUREMENT.total()).isEqualTo(new Work(10, 300, 180e9, 10e9));
    assertThat(MEASUREMENT.warm()).isEqualTo(new Work(6, 200, 120e9, 10e9));
  }

  @Test
  void share_ofTheBetterRate() {
    assertThat(MEASUREMENT.share(false)).isCloseTo(120.0 / 4 / 50, within(1e-12));
    assertThat(MEASUREMENT.share(true)).isCloseTo(130.0 / 4 / 50, within(1e-12));
  }

  @Test
  void timing_ofPeer_parsed() {
    assertThat(
            Timing.parse(
                """
                {"name": "live", "seconds": [3.0, 2.5], "losses": [0.6931, 0.5], \
                "peakBytes": 1048576, "threads": 2}"""))
        .isEqualTo(new Timing("live", List.of(3.0, 2.5), List.of(0.6931, 0.5), 1 << 20, 2));
  }

  @Test
  void timing_ofSomethingElse_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Timing.parse("{\"name\": \"live\"}"))
        .withMessage(
            "a measurement must be a line of JSON (field seconds is missing), got: {\"name\":"
                + " \"live\"}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Timing.parse("Loading weights"))
        .withMessageStartingWith("a measurement must be a line of JSON")
        .withMessageEndingWith("got: Loading weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Timing("live", List.of(1.0), List.of(0.7), 1, 1))
        .withMessage("seconds must be of at least 2 steps, got [1.0]");
  }

  @Test
  void peakMemory_ofStatus_inBytes() {
    assertThat(PeakMemory.parse(List.of("VmPeak:\t 9 kB", "VmHWM:\t  512 kB", "VmRSS:\t 8 kB")))
        .isEqualTo(512 * 1024);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeakMemory.parse(List.of("VmPeak:\t 9 kB")))
        .withMessage("/proc/self/status must have a line 'VmHWM: … kB', got nothing");
  }
}
