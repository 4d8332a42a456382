package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that train and are killed, again and again. */
@Timeout(300)
@Tag("long")
class KilledTrainingTest {

  private static final int KILLS = 20;

  /** Per operation on the disk, in ms, so that kills come while a checkpoint is written. */
  private static final int PAUSE = 2;

  @TempDir Path root;

  private Path directory;
  private final List<Process> children = new ArrayList<>();

  @BeforeEach
  void nameTheDirectory() {
    directory = root.resolve("run");
  }

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
  }

  private Process start() throws IOException {
    return start(0);
  }

  private Process start(int pause) throws IOException {
    Process child = TrainingChild.start(directory, pause);
    children.add(child);
    return child;
  }

  /** Waits until a child has written a checkpoint of its own. */
  private void awaitProgress(Process child, String before) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (child.isAlive() && newest().equals(before)) {
      assertThat(System.nanoTime()).as("the child trains").isLessThan(deadline);
      Thread.sleep(1);
    }
  }

  private String newest() {
    return inCheckpoints().stream()
        .filter(name -> name.startsWith("step-"))
        .max(String::compareTo)
        .orElse("");
  }

  private List<String> inCheckpoints() {
    try (Stream<Path> inside = Files.list(directory.resolve("checkpoints"))) {
      return inside.map(path -> path.getFileName().toString()).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRunKilledAtRandomMomentsEndsAsOneThatWasNot() throws Exception {
    TabularPolicy whole = TrainingChild.policy();
    TrainingReport report = TrainingChild.train(whole, root.resolve("whole"), new Cancellation());
    long seed = System.nanoTime();
    Random random = new Random(seed);

    int whileWriting = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      String before = newest();
      Process child = start(PAUSE);
      awaitProgress(child, before);
      Thread.sleep(random.nextInt(60));
      child.destroyForcibly();
      assertThat(child.waitFor()).as("kill %d came before the end", kill).isNotZero();
      whileWriting += inCheckpoints().stream().anyMatch(name -> name.endsWith(".tmp")) ? 1 : 0;
    }
    Process last = start();
    assertThat(last.waitFor()).isZero();

    assertThat(whileWriting).as("kills while a checkpoint was written").isPositive();
    RecordedRuns.assertFinalPolicy(
        directory, TrainingChild.policy(), whole.fingerprint().orElseThrow());
    assertThat(RecordedRuns.lines(directory))
        .as("seed %d", seed)
        .isEqualTo(RecordedRuns.lines(root.resolve("whole")))
        .hasSize(report.steps().size() + report.evaluations().size());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM: destroy() kills")
  void aProcessThatIsAskedToEndWritesACheckpointFirst() throws Exception {
    Process child = start();
    awaitProgress(child, "");

    child.destroy();

    assertThat(child.waitFor()).as("ended by SIGTERM, as it was asked to").isEqualTo(143);
    List<String> lines = RecordedRuns.lines(directory);
    int step = Integer.parseInt(newest().substring("step-".length()));
    assertThat(lines.get(lines.size() - 1)).as("no line is lost").contains("\"step\":" + step);
    assertThat(inCheckpoints()).noneMatch(name -> name.endsWith(".tmp"));
    TabularPolicy whole = TrainingChild.policy();
    TrainingChild.train(whole, root.resolve("whole"), new Cancellation());
    TabularPolicy resumed = TrainingChild.policy();
    TrainingChild.train(resumed, directory, new Cancellation());
    assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint());
  }

  @Test
  void aDirectoryThatAnotherProcessTrainsInIsRefused() throws Exception {
    Process child = start();
    awaitProgress(child, "");

    assertThatIllegalStateException()
        .isThrownBy(
            () -> TrainingChild.train(TrainingChild.policy(), directory, new Cancellation()))
        .withMessage(
            "another run is in %s; wait for its end, or name another directory", directory);
    assertThat(child.isAlive()).isTrue();
  }
}
