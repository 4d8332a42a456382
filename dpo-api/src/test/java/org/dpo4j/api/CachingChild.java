package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;

/** A process of its own that writes to a file of log-probabilities until it is killed. */
final class CachingChild {

  static final String FINGERPRINT = "the child's";
  static final int LARGE = 500_000;
  static final PreferenceDataset PAIRS = Toy.pairs(81);

  private CachingChild() {}

  /** Writes as {@code args[0]} says to the file {@code args[1]}. */
  public static void main(String[] args) {
    Path file = Path.of(args[1]);
    if (args[0].equals("train")) {
      train(file);
    } else {
      writeLargeBlocks(file);
    }
  }

  /** Trains, with a reference that takes its time. */
  private static void train(Path file) {
    CountingScorer slow = new CountingScorer(Toy.uniform());
    slow.inCall = () -> sleep(20);
    Toy.trainer(Toy.random())
        .reference(Reference.cached(Reference.model(slow), file))
        .batchSize(1)
        .build()
        .train(PAIRS);
  }

  /** Spends most of its time in the middle of writing a block. */
  private static void writeLargeBlocks(Path file) {
    try (LogProbFile store = LogProbFile.writing(file, FINGERPRINT)) {
      for (int block = 0; block < 60; block++) {
        store.add(List.of(large(block)), List.of(largeValues(block)));
      }
    }
  }

  static PromptGroup large(int block) {
    return PromptGroup.of(
        ImmutableIntArray.of(block), List.of(ImmutableIntArray.copyOf(new int[LARGE])));
  }

  static TokenValues largeValues(int block) {
    return TokenValues.generate(new int[] {LARGE}, (row, token) -> -1.0 / (1 + token + block));
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts the child and waits until its file has a size. */
  static Process start(String task, Path file, long size) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                CachingChild.class.getName(),
                task,
                file.toString())
            .inheritIO()
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (child.isAlive() && !hasSize(file, size)) {
      if (System.nanoTime() > deadline) {
        child.destroyForcibly();
      }
      sleep(1);
    }
    return child;
  }

  private static boolean hasSize(Path file, long size) {
    try {
      return Files.exists(file) && Files.size(file) >= size;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the tests, wherever they run: on a class path or a module path. */
  static String classPath() {
    String name = CachingChild.class.getSimpleName() + ".class";
    String packages = CachingChild.class.getName().replace('.', '/') + ".class";
    String url = String.valueOf(CachingChild.class.getResource(name));
    Path tests = Path.of(URI.create(url.substring(0, url.length() - packages.length())));
    return String.join(
        File.pathSeparator,
        tests.toString(),
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""));
  }
}
