package org.dpo4j.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with damaged footers: read, or refused by name in a message that can be printed. {@code
 * -Ddpo.fuzz.seconds=600} goes on so long.
 */
@Tag("fuzz")
final class ParquetFuzzTest {

  private static final int ROUNDS = 400;
  private static final long SECONDS = Long.getLong("dpo.fuzz.seconds", 0);

  @TempDir private Path folder;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(ParquetFuzzTest.class.getResource(name), name).toURI());
  }

  @Test
  @Timeout(30)
  void inputThatFuzzingFound_isRefusedInAMessageThatCanBePrinted() throws Exception {
    Path file = folder.resolve("a.parquet");
    Files.copy(resource("fuzz/parquet-fb35d8f9.bin"), file);

    assertThat(isRead(file, -1)).isFalse();
  }

  @Test
  void damagedFooter_isReadOrRefusedByName() throws Exception {
    byte[] valid = Files.readAllBytes(resource("pairs-none.parquet"));
    Path file = folder.resolve("a.parquet");
    Random random = new Random(20_261_201);
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    int read = 0;
    int round = 0;
    for (; round < ROUNDS || System.nanoTime() < end; round++) {
      byte[] damaged = valid.clone();
      // The footer is at the end.
      int from = random.nextInt(4) == 0 ? 4 : damaged.length / 2;
      for (int change = random.nextInt(4); change >= 0; change--) {
        damaged[from + random.nextInt(damaged.length - from)] ^=
            (byte) (1 << random.nextInt(Byte.SIZE));
      }
      Files.write(file, damaged);
      read += isRead(file, round) ? 1 : 0;
    }
    assertThat(read).isBetween(round / 100, round * 9 / 10);
  }

  private static boolean isRead(Path file, int round) {
    Throwable thrown =
        catchThrowable(
            () -> {
              try (InputStream lines = new ParquetSource().jsonLines(file)) {
                long unused = lines.transferTo(OutputStream.nullOutputStream());
              }
            });
    if (thrown != null) {
      assertThat(thrown)
          .as("round %d", round)
          .isInstanceOfAny(IllegalArgumentException.class, IOException.class)
          .hasMessageContaining(file.toString());
      assertThat(thrown.getMessage())
          .as("round %d", round)
          .doesNotContainPattern("[\\p{Cc}\\x{202e}]");
    }
    return thrown == null;
  }
}
