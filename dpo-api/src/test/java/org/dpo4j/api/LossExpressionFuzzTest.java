package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged losses: read, or refused in a message that can be printed. {@code -Ddpo.fuzz.seconds=600}
 * goes on so long.
 */
@Tag("fuzz")
final class LossExpressionFuzzTest {

  private static final int ROUNDS = 30_000;
  private static final long SECONDS = Long.getLong("dpo.fuzz.seconds", 0);
  private static final List<String> VALID =
      List.of(
          "dpo",
          "simpo(gamma=0.5)",
          "0.8*dpo(label-smoothing=0.1) + sft",
          "0.5*ipo + 2*sft + 0.1*orpo",
          "dpo(divergence=alpha, alpha=0.5)");
  private static final List<String> PARTS =
      List.of(
          "(",
          ")",
          "*",
          "+",
          ",",
          "=",
          " ",
          "-",
          "1e308",
          "-1",
          "NaN",
          "1e-400",
          "dpo",
          "beta",
          "\u001b[31m",
          "\u009b",
          "\u202e",
          "%s",
          "Infinity",
          "0x1p3",
          "((((",
          "dpo+".repeat(99));

  static Stream<Path> inputs() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(LossExpressionFuzzTest.class.getResource("fuzz")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".bin")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  @Timeout(30)
  void input_endsInALossOrAMessage(Path input) throws IOException {
    assertReadOrRefused(new String(Files.readAllBytes(input), StandardCharsets.ISO_8859_1));
    assertReadOrRefused(new String(Files.readAllBytes(input), StandardCharsets.UTF_8));
  }

  @Test
  void damagedLoss_isReadOrRefused() {
    Random random = new Random(20_261_201);
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    int read = 0;
    int round = 0;
    for (; round < ROUNDS || System.nanoTime() < end; round++) {
      StringBuilder text = new StringBuilder(VALID.get(random.nextInt(VALID.size())));
      for (int change = random.nextInt(3); change >= 0; change--) {
        int at = random.nextInt(text.length() + 1);
        if (random.nextBoolean()) {
          text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
        } else {
          text.delete(at, Math.min(text.length(), at + random.nextInt(6)));
        }
      }
      read += assertReadOrRefused(text.toString()) ? 1 : 0;
    }
    assertThat(read).isBetween(round / 50, round * 9 / 10);
  }

  private static boolean assertReadOrRefused(String text) {
    Throwable thrown = catchThrowable(() -> LossExpression.of(text).loss());
    if (thrown != null) {
      assertThat(thrown).as(text).isExactlyInstanceOf(IllegalArgumentException.class);
      assertThat(thrown.getMessage())
          .as(text)
          .isNotBlank()
          .hasSizeLessThan(3_000)
          .doesNotContainPattern("[\\p{Cc}\\x{202e}]");
    }
    return thrown == null;
  }
}
