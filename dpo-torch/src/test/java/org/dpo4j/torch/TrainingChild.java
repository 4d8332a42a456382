package org.dpo4j.torch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.Reference;
import org.dpo4j.api.RunDirectory;
import org.dpo4j.core.backend.AdamW;

/** A process of its own that trains in a run directory until it is killed, or done. */
final class TrainingChild {

  static final int STEPS = 120;

  private TrainingChild() {}

  /** Trains in {@code args[0]}. */
  public static void main(String[] args) {
    train(Path.of(args[0]));
  }

  static void train(Path directory) {
    try (LanguageModel model = TinyModel.of("llama").load()) {
      int done =
          DpoTrainer.builder()
              .policy(model.train(Lora.rank(8).dropout(0.2)))
              .reference(Reference.moving(0.5, 3))
              .optimizer(AdamW.learningRate(1e-3))
              .batchSize(2)
              .epochs(STEPS * 2 / 6)
              .runDirectory(RunDirectory.at(directory).checkpointEvery(1).resume(true))
              .build()
              .train(Runs.PAIRS)
              .steps()
              .size();
      if (done != STEPS) {
        throw new IllegalStateException(STEPS + " steps expected, got " + done);
      }
    }
  }

  static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingChild.class.getName(),
                directory.toString()))
        .inheritIO()
        .start();
  }
}
