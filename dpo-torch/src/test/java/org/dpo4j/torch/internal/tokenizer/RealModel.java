package org.dpo4j.torch.internal.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Where SmolLM2-135M-Instruct is on this machine: system property or environment variable {@code
 * DPO_MODEL_DIR}, or a directory in the user's cache.
 */
public final class RealModel {

  private static final String SETTING = "DPO_MODEL_DIR";

  private RealModel() {}

  /**
   * The directory; where there is none the test is skipped, and says why.
   *
   * @return a directory with a model
   */
  public static Path directoryOrSkip() {
    Path directory =
        Optional.ofNullable(System.getProperty(SETTING))
            .or(() -> Optional.ofNullable(System.getenv(SETTING)))
            .map(Path::of)
            .orElse(
                Path.of(
                    System.getProperty("user.home"), ".cache/dpo-models/smollm2-135m-instruct"));
    if (!Files.isRegularFile(directory.resolve("tokenizer.json"))) {
      String reason =
          "skipped: no tokenizer.json in " + directory + "; name another with " + SETTING;
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    return directory;
  }
}
