package org.dpo4j.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.backend.AdamW;

/** A process of its own, with little memory, that takes many steps. */
final class LongRunChild {

  static final PreferenceDataset PAIRS = Toy.pairs(64);

  private LongRunChild() {}

  /** Trains in {@code args[0]} for {@code args[1]} steps, and says how long each tenth took. */
  public static void main(String[] args) {
    int steps = Integer.parseInt(args[1]);
    long[] last = {System.nanoTime()};
    TrainingReport report =
        DpoTrainer.builder()
            .policy(Toy.random())
            .reference(Reference.cached(Reference.model(Toy.random())))
            .optimizer(AdamW.learningRate(1e-5))
            .batchSize(2)
            .epochs(Integer.MAX_VALUE)
            .maxSteps(steps)
            .evaluation(PAIRS.range(0, 4))
            .evaluateEvery(steps / 100)
            .runDirectory(
                RunDirectory.at(Path.of(args[0])).checkpointEvery(steps / 100).resume(true))
            .listener(
                step -> {
                  if (step.step() % (steps / 10) == 0) {
                    long now = System.nanoTime();
                    System.out.println(step.step() + " " + (now - last[0]) / 1_000_000 + " ms");
                    last[0] = now;
                  }
                })
            .build()
            .train(PAIRS);
    Runtime memory = Runtime.getRuntime();
    System.gc();
    System.out.println((memory.totalMemory() - memory.freeMemory()) / 1024 + " KiB");
    System.exit(report.steps().size() == steps ? 0 : 1);
  }

  /**
   * Starts one.
   *
   * @param megabytes of heap
   */
  static Process start(Path directory, int steps, int megabytes) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                CachingChild.classPath(),
                LongRunChild.class.getName(),
                directory.toString(),
                String.valueOf(steps)))
        .inheritIO()
        .start();
  }
}
