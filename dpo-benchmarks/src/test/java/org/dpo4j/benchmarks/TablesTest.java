package org.dpo4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {

  private static final Measurement MEASUREMENT =
      new Measurement(
          new Timing("checkpointed", List.of(3.0, 2.0), List.of(0.7, 0.65), 100 << 20, 2),
          List.of(new Work(4, 100, 60e9, 8e9), new Work(4, 150, 70e9, 10e9)),
          0,
          40e9,
          50e9,
          "2.7.1");

  private static final Timing PEER =
      new Timing("live", List.of(7.0, 6.0), List.of(0.7, 0.66), 1000 << 20, 2);

  @Test
  void ours_aRowASetting() {
    assertThat(Tables.ours(Map.of(Setting.CHECKPOINTED, MEASUREMENT)).lines().skip(2))
        .containsExactly(
            "| checkpointed | 8 | 250 | 5.0 | 3.00 | 0.500 | 75.0 | 100 | 35.0 | 40.0, 50.0 | 70.0 %"
                + " | 80.0 % | 0.6500 |");
  }

  @Test
  void ours_live_besideItsTarget() {
    assertThat(Tables.ours(Map.of(Setting.LIVE, MEASUREMENT)))
        .contains(" | 70.0 % (≥ 75.0 % missed) | ");
  }

  @Test
  void steps_ofBothInOrder() {
    assertThat(
            Tables.steps(
                    Map.of(Setting.CHECKPOINTED, MEASUREMENT), Map.of(Setting.CHECKPOINTED, PEER))
                .lines())
        .containsExactly(
            "Seconds of each step:",
            "",
            "- checkpointed, dpo4j: 3.00, 2.00",
            "- checkpointed, TRL: 7.00, 6.00");
  }

  @Test
  void comparisons_targetsMetAndMissed() {
    assertThat(
            Tables.comparisons(
                    Map.of(Setting.CHECKPOINTED, MEASUREMENT), Map.of(Setting.LIVE, PEER))
                .lines()
                .skip(2))
        .containsExactly(
            "| checkpointed | live | 5.0 | 13.0 | 2.60 (≥ 2.7 missed) | 3.00 (≥ 2.7 met) | 100 | 1000"
                + " | 0.100 (≤ 0.12 met) | 0.6500 | 0.6600 |");
  }

  @Test
  void comparisons_everySettingBesideItsOwn() {
    for (Setting setting : Setting.values()) {
      assertThat(Comparison.ALL)
          .anyMatch(comparison -> comparison.ours() == setting && comparison.peer() == setting);
    }
  }
}
