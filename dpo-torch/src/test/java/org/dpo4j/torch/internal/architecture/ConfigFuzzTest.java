package org.dpo4j.torch.internal.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.torch.internal.safetensors.Mutations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Damaged configurations: read, or refused by the file's name in a message that can be printed.
 * {@code -Ddpo.fuzz.seconds=600} goes on so long.
 */
@Tag("fuzz")
final class ConfigFuzzTest {

  private static final int ROUNDS = 4_000;
  private static final long SECONDS = Long.getLong("dpo.fuzz.seconds", 0);
  private static final Path FILE = Path.of("config.json");

  @Test
  void damagedConfiguration_isReadOrRefusedByName() throws IOException {
    Mutations mutations = new Mutations(20_261_201);
    long end = System.nanoTime() + SECONDS * 1_000_000_000;
    int read = 0;
    int round = 0;
    for (; round < ROUNDS || System.nanoTime() < end; round++) {
      String valid =
          Files.readString(
              TinyModels.file(
                  TinyModels.NAMES.get(round % TinyModels.NAMES.size()), "config.json"));
      String damaged =
          mutations.spoilText(valid.replace("silu", round % 3 == 0 ? "\u009b\u202e" : "silu"));
      Throwable thrown =
          catchThrowable(() -> Architectures.describe(ModelConfig.parse(FILE, damaged)));
      if (thrown == null) {
        read++;
        continue;
      }
      assertThat(thrown).as(damaged).isExactlyInstanceOf(IllegalArgumentException.class);
      assertThat(thrown.getMessage())
          .as(damaged)
          .startsWith("config.json: ")
          .hasSizeLessThan(2_000)
          .doesNotContainPattern("[\\p{Cc}\\x{202e}]");
    }
    assertThat(read).isBetween(round / 50, round * 9 / 10);
  }
}
