package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process that writes to the file and is killed. */
@Timeout(120)
class KilledRunTest {

  @TempDir Path directory;

  private Path file;
  private final List<Process> children = new ArrayList<>();

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("reference.logprobs");
  }

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
  }

  private void runAndKill(String task, long size) throws IOException, InterruptedException {
    Process child = start(task, size);
    child.destroyForcibly();
    assertThat(child.waitFor()).as("killed, not ended").isNotZero();
  }

  private Process start(String task, long size) throws IOException {
    Process child = CachingChild.start(task, file, size);
    children.add(child);
    assertThat(child.isAlive()).as("the child writes").isTrue();
    return child;
  }

  @Test
  void aRunGoesOnFromWhatTheKilledOneWrote() throws Exception {
    runAndKill("train", 2000);
    CountingScorer model = new CountingScorer(Toy.uniform());
    TabularPolicy live = Toy.random();
    TabularPolicy cached = Toy.random();

    Toy.trainer(live)
        .reference(Reference.model(Toy.uniform()))
        .batchSize(1)
        .build()
        .train(CachingChild.PAIRS);
    Toy.trainer(cached)
        .reference(Reference.cached(Reference.model(model), file))
        .batchSize(1)
        .build()
        .train(CachingChild.PAIRS);

    assertThat(cached.fingerprint()).isEqualTo(live.fingerprint());
    assertThat(model.asked).hasSizeBetween(1, 80).doesNotHaveDuplicates();
  }

  @Test
  void whatWasWrittenWholeIsFoundAgain() throws Exception {
    runAndKill("write", 20_000_000);

    int found = 0;
    try (LogProbFile store = LogProbFile.writing(file, CachingChild.FINGERPRINT)) {
      while (store.has(CachingChild.large(found))) {
        assertThat(store.get(CachingChild.large(found))).isEqualTo(CachingChild.largeValues(found));
        found++;
      }
      assertThat(found).isGreaterThanOrEqualTo(4);
      store.add(List.of(CachingChild.large(found)), List.of(CachingChild.largeValues(found)));
    }
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.warnings()).as("the torn block was cut off").isEmpty();
      assertThat(store.get(CachingChild.large(found))).isEqualTo(CachingChild.largeValues(found));
    }
  }

  @Test
  void aFileThatAnotherProcessWritesToIsRefused() throws Exception {
    Process child = start("train", 100);

    assertThatIllegalStateException()
        .isThrownBy(() -> LogProbFile.writing(file, "ours"))
        .withMessage(
            "%s is in use by another run, and one at a time can write to it; wait for the other's"
                + " end, or name another file",
            file);
    assertThat(child.isAlive()).isTrue();
  }
}
