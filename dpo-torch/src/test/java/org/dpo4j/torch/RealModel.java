package org.dpo4j.torch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * SmolLM2-135M-Instruct on disk, put there by {@code models/fetch_smollm2.sh}: where {@code
 * DPO_MODEL_DIR} says, or in the cache of the user's home.
 */
final class RealModel {

  private RealModel() {}

  /** The directory; where there is none the test is skipped, and says why. */
  static Path directory() {
    String stated = System.getenv("DPO_MODEL_DIR");
    Path directory =
        stated != null
            ? Path.of(stated)
            : Path.of(
                System.getProperty("user.home"), ".cache", "dpo-models", "smollm2-135m-instruct");
    boolean there = Files.exists(directory.resolve("model.safetensors"));
    if (!there) {
      System.out.println("skipped: no model in " + directory + "; run models/fetch_smollm2.sh");
    }
    assumeTrue(there, "no model in " + directory + "; run models/fetch_smollm2.sh");
    return directory;
  }
}
