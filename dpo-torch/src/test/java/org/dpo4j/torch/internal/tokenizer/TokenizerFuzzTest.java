package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files in a JVM of their own: named errors or success, and the JVM is still there. */
@Tag("fuzz")
final class TokenizerFuzzTest {

  @TempDir Path directory;

  @Test
  void damagedFiles_neverEndTheJvm() throws Exception {
    String output = ChildJvm.run(TokenizerFuzz.class, 120, directory.toString(), "1", "800");

    assertThat(output).containsPattern("worked [1-9]\\d\\d of 800");
  }
}
