package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that train on libtorch and are killed, again and again. */
@Timeout(300)
@Tag("long")
class KilledTrainingTest {

  private static final int KILLS = 6;

  @TempDir(factory = FastDisk.class)
  Path root;

  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
  }

  @Test
  void aRunKilledAtRandomMomentsEndsAtTheBitsOfOneThatWasNot() throws Exception {
    Path whole = root.resolve("whole");
    TrainingChild.train(whole);
    Path run = root.resolve("run");
    long seed = System.nanoTime();
    Random random = new Random(seed);

    for (int kill = 1; kill <= KILLS; kill++) {
      List<String> before = inCheckpoints(run);
      Process child = start(run);
      await(child, run, name -> name.startsWith("step-") && !before.contains(name));
      if (kill % 2 == 0) {
        await(child, run, name -> name.endsWith(".tmp"));
        TimeUnit.MICROSECONDS.sleep(random.nextInt(1_000));
      } else {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
      }
      child.destroyForcibly();
      assertThat(child.waitFor()).as("kill %d came before the end", kill).isNotZero();
    }
    assertThat(start(run).waitFor()).isZero();

    assertThat(Runs.state(run.resolve("final")))
        .as("seed %d", seed)
        .isEqualTo(Runs.state(whole.resolve("final")));
    assertThat(Runs.lines(run)).isEqualTo(Runs.lines(whole)).hasSize(TrainingChild.STEPS);
  }

  private Process start(Path run) throws IOException {
    Process child = TrainingChild.start(run);
    children.add(child);
    return child;
  }

  private static void await(Process child, Path run, Predicate<String> there)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (child.isAlive() && inCheckpoints(run).stream().noneMatch(there)) {
      assertThat(System.nanoTime()).as("the child trains").isLessThan(deadline);
      TimeUnit.MICROSECONDS.sleep(200);
    }
  }

  private static List<String> inCheckpoints(Path run) throws IOException {
    return Files.exists(run.resolve("checkpoints")) ? Runs.checkpoints(run) : List.of();
  }
}
