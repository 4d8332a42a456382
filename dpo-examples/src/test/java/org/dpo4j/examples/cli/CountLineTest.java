package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class CountLineTest {

  private final StringWriter err = new StringWriter();
  private long seconds;
  private final CountLine line =
      new CountLine(
          "pairs scored", 100, new PrintWriter(err, true), () -> seconds * 1_000_000_000L);

  @Test
  void aLongCommand_saysHowFarItIs_everyFewSeconds() {
    for (int count = 10; count <= 40; count += 10) {
      seconds += 3;
      line.done(count);
    }

    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "20 of 100 pairs scored  24 s left\n40 of 100 pairs scored  18 s left\n");
  }

  @Test
  void aShortCommand_saysNothing() {
    seconds = 4;
    line.done(100);

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void memory_isSaidInTheUnitThatFits() {
    assertThat(MemoryOptions.size(0)).isEqualTo("0 B");
    assertThat(MemoryOptions.size(1023)).isEqualTo("1023 B");
    assertThat(MemoryOptions.size(400_000)).isEqualTo("390.6 KiB");
    assertThat(MemoryOptions.size(100L << 20)).isEqualTo("100.0 MiB");
    assertThat(MemoryOptions.size(3L << 29)).isEqualTo("1.50 GiB");
    assertThat(MemoryOptions.size(5L << 40)).isEqualTo("5.00 TiB");
  }
}
