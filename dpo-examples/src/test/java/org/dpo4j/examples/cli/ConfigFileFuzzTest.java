package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files of options: read, or refused by name. {@code -Ddpo.fuzz.seconds=600} goes on so
 * long.
 */
@Tag("fuzz")
final class ConfigFileFuzzTest {

  private static final int ROUNDS = 1_000;
  private static final long SECONDS = Long.getLong("dpo.fuzz.seconds", 0);
  private static final String VALID =
      "data: [a.jsonl, b.jsonl]\nmodel: nowhere\nbeta: 0.2\nbatch-size: 8\nreference: adapter-off\n";
  private static final List<String> PARTS =
      List.of(
          "&a [",
          "*a",
          "]",
          "{",
          "}",
          ":",
          "- ",
          "\n",
          "  ",
          "!!java.net.URL ",
          "!!int ",
          "%s",
          "\u001b[31m",
          "\u009b",
          "\u202e",
          "\"\\e[31m\"",
          "'",
          "|\n",
          "? ",
          "<<: ",
          "1e999",
          "\t",
          "[[[[[[[[");

  @TempDir private Path folder;

  @Test
  void damagedOptions_areReadOrRefusedByName() throws IOException {
    Random random = new Random(20_261_201);
    Path file = folder.resolve("options.yaml");
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    int read = 0;
    int round = 0;
    for (; round < ROUNDS || System.nanoTime() < end; round++) {
      StringBuilder text = new StringBuilder(VALID);
      for (int change = random.nextInt(3); change >= 0; change--) {
        int at = random.nextInt(text.length() + 1);
        if (random.nextInt(4) > 0) {
          text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
        } else {
          text.delete(at, Math.min(text.length(), at + random.nextInt(6)));
        }
      }
      Files.writeString(file, text);

      String[] arguments = {"score", "--config", file.toString()};
      Throwable thrown = catchThrowable(() -> ConfigFile.namedIn(arguments));
      if (thrown == null) {
        read++;
      } else {
        assertThat(thrown)
            .as(text.toString())
            .isInstanceOfAny(IllegalArgumentException.class, UncheckedIOException.class)
            .hasMessageContaining(file.toString());
      }
    }
    assertThat(read).isBetween(round / 20, round * 19 / 20);
  }
}
