package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.dpo4j.api.RecordedRuns.Left;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that die, again and again, at any operation on files, and directories in which any file is
 * changed. Each takes seconds; with {@code -Ddpo4j.deaths.seconds=3600} an hour, and with another
 * {@code -Ddpo4j.deaths.seed} other deaths.
 */
class SimulatedDeathsTest {

  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("dpo4j.deaths.seconds", 5));
  private static final long SEED = Long.getLong("dpo4j.deaths.seed", 16);
  private static final int MOST_OPERATIONS = 600;
  private static final int FEWEST_RUNS = 10;

  @TempDir(factory = FastDisk.class)
  Path root;

  @FunctionalInterface
  private interface Trial {
    void with(Random random, String name) throws IOException;
  }

  /** The same trials in the same order each time, as many of them as there is time for. */
  private static void repeat(Trial trial) throws IOException {
    long end = System.nanoTime() + TIME.toNanos();
    for (int number = 0; number < FEWEST_RUNS || System.nanoTime() < end; number++) {
      trial.with(new Random(SEED + number), "-Ddpo4j.deaths.seed=" + (SEED + number));
    }
  }

  private static TrainingReport train(ObservedPolicy policy, Path run, Random random, Disk disk) {
    return RecordedRuns.trainer(policy)
        .runDirectory(
            RunDirectory.at(run)
                .checkpointEvery(1 + random.nextInt(4))
                .keepLast(1 + random.nextInt(3))
                .resume(true)
                .on(disk))
        .build()
        .train(PAIRS);
  }

  private Left whole() throws IOException {
    return RecordedRuns.uninterrupted(root.resolve("whole"));
  }

  @Test
  void aRunThatDiesAnywhere_endsAsIfItHadNot() throws IOException {
    Left whole = whole();
    List<String> pairs = Files.readAllLines(root.resolve("whole/pairs.jsonl"));
    repeat(
        (random, name) -> {
          Path run = root.resolve("run");
          StringBuilder deaths = new StringBuilder(name);
          for (int lives = random.nextInt(4); lives >= 0; lives--) {
            die(run, random).ifPresent(death -> deaths.append(", ").append(death.getMessage()));
          }

          assertThat(RecordedRuns.resumed(run)).as("%s", deaths).isEqualTo(whole);

          assertThat(Files.readAllLines(run.resolve("pairs.jsonl")))
              .as("pictures, %s", deaths)
              .isEqualTo(pairs);
          assertThat(RecordedRuns.checkpoints(run)).noneMatch(left -> left.startsWith("."));
          delete(run);
        });
  }

  private static Optional<DyingDisk.Death> die(Path run, Random random) {
    Disk disk = new DyingDisk(1 + random.nextInt(MOST_OPERATIONS), random);
    try {
      TrainingReport unused = train(RecordedRuns.policy(), run, random, disk);
      return Optional.empty();
    } catch (DyingDisk.Death e) {
      return Optional.of(e);
    }
  }

  @Test
  void aChangedFile_costsNothing_orIsNamed() throws IOException {
    Left whole = whole();
    repeat(
        (random, name) -> {
          Path run = root.resolve("run");
          Cancellation cancellation = new Cancellation();
          int last = 1 + random.nextInt(16);
          TrainingReport unused =
              RecordedRuns.trainer(RecordedRuns.policy())
                  .cancellation(cancellation)
                  .listener(
                      step -> {
                        if (step.step() >= last) {
                          cancellation.cancel();
                        }
                      })
                  .runDirectory(RecordedRuns.in(run))
                  .build()
                  .train(PAIRS);
          String change = change(run, random);

          try {
            assertThat(RecordedRuns.resumed(run)).as("%s: %s", name, change).isEqualTo(whole);
          } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            assertThat(e.getMessage()).as("%s: %s", name, change).doesNotContain("\n");
            assertThat(e.getClass())
                .as("%s: %s", name, change)
                .isIn(
                    IllegalArgumentException.class,
                    IllegalStateException.class,
                    UncheckedIOException.class);
            assertThat(e.getMessage())
                .as("%s: %s", name, change)
                .contains(root.toString())
                .doesNotContain("\0");
          }
          delete(run);
        });
  }

  /** Changes one file of a run, and says how. */
  private static String change(Path run, Random random) throws IOException {
    List<Path> files;
    try (var all = Files.walk(run)) {
      files =
          all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    int kind = random.nextInt(7);
    if (bytes.length == 0 || kind == 0) {
      Files.delete(file);
      return "without " + run.relativize(file);
    }
    int at = random.nextInt(bytes.length);
    switch (kind) {
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes = Arrays.copyOf(bytes, at);
      case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
      case 4 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 100), (byte) 0);
      case 5 -> bytes[at] = (byte) "0123456789.-e\"{}[],:\n".charAt(random.nextInt(20));
      default -> {
        Path other = files.get(random.nextInt(files.size()));
        Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
        return run.relativize(file) + " replaced by " + run.relativize(other);
      }
    }
    Files.write(file, bytes);
    return run.relativize(file) + " changed at " + at + ", kind " + kind;
  }

  private static void delete(Path run) throws IOException {
    if (Files.exists(run)) {
      new SystemDisk().deleteAll(run);
    }
  }
}
