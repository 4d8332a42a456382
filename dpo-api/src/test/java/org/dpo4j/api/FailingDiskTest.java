package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.dpo4j.api.RecordedRuns.Left;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file operation of a run fails once, and from then on; nothing is ever lost by it. */
@Tag("long")
class FailingDiskTest {

  @TempDir(factory = FastDisk.class)
  Path directory;

  private Left whole() throws IOException {
    return RecordedRuns.uninterrupted(directory.resolve("whole"));
  }

  private static TrainingReport train(Path place, Disk disk, boolean resume) {
    return RecordedRuns.trainer(RecordedRuns.policy())
        .runDirectory(RecordedRuns.in(place).resume(resume).on(disk))
        .build()
        .train(PAIRS);
  }

  /** Empty if the failure came too late to matter. */
  private static Optional<RuntimeException> failure(Path place, Disk disk, boolean resume) {
    try {
      TrainingReport unused = train(place, disk, resume);
      return Optional.empty();
    } catch (UncheckedIOException | IllegalStateException e) {
      return Optional.of(e);
    }
  }

  @Test
  void anOperationThatFailsOnceEndsARunThatThenGoesOnToTheSameEnd() throws IOException {
    failEach("once", false, failing -> number -> number == failing);
  }

  @Test
  void aDiskThatFailsForGoodDoesTooLikeADeathAtThatOperation() throws IOException {
    failEach("forever", false, failing -> number -> number >= failing);
  }

  @Test
  void theSameWhileItIsResumed() throws IOException {
    failEach("resuming", true, failing -> number -> number >= failing);
  }

  private interface Failing {
    IntPredicate at(int operation);
  }

  private void failEach(String name, boolean resume, Failing failing) throws IOException {
    Left whole = whole();
    int failures = 0;
    int operation = 1;
    for (boolean reached = true; reached; operation++) {
      Path place = directory.resolve(name + "-" + operation);
      if (resume) {
        begin(place);
      }
      FailingDisk disk = new FailingDisk(failing.at(operation));

      Optional<RuntimeException> failure = failure(place, disk, resume);

      reached = disk.operations.size() >= operation;
      failures += failure.isPresent() ? 1 : 0;
      String done = reached ? disk.operations.get(operation - 1) : "none";
      failure.ifPresent(e -> assertThat(e).as(done).hasMessageContaining(": the disk has failed"));
      assertWhatWasWholeIsThere(place, disk, done);
      assertThat(resumedOrBegun(place)).as("failed to %s", done).isEqualTo(whole);
    }
    assertThat(failures).isGreaterThan(100).isGreaterThan(operation * 9 / 10);
  }

  private static void begin(Path place) {
    Cancellation cancellation = new Cancellation();
    TrainingReport unused =
        RecordedRuns.trainer(RecordedRuns.policy())
            .cancellation(cancellation)
            .listener(
                step -> {
                  if (step.step() >= 7) {
                    cancellation.cancel();
                  }
                })
            .runDirectory(RecordedRuns.in(place))
            .build()
            .train(PAIRS);
  }

  private static Left resumedOrBegun(Path place) {
    try {
      return RecordedRuns.resumed(place);
    } catch (IOException e) {
      return fail("the directory is spoilt", e);
    }
  }

  /** The last checkpoint that was renamed, or one after it, can be gone on from. */
  private static void assertWhatWasWholeIsThere(Path place, FailingDisk disk, String failed)
      throws IOException {
    List<String> renamed =
        disk.operations.stream().filter(done -> done.startsWith("rename step-")).toList();
    int certain = renamed.size() - (failed.startsWith("rename step-") ? 2 : 1);
    if (certain >= 0) {
      String newest = renamed.get(certain).substring("rename ".length());
      Snapshot snapshot =
          Snapshot.open(new SystemDisk(), place.resolve("checkpoints").resolve(newest));
      MetricsFile.Mark mark = CheckpointFacts.of(snapshot.about()).metrics();
      assertThat(MetricsFile.check(new SystemDisk(), place, mark).mark()).isEqualTo(mark);
    }
  }

  @Test
  void theMessageSaysWhatFailedAndWhereTheRunGoesOn() {
    Path place = directory.resolve("run");
    FailingDisk good = new FailingDisk(number -> false);
    TrainingReport unused = train(place, good, false);
    int second = good.operations.indexOf("rename step-00000004") + 1;

    Optional<RuntimeException> failure =
        failure(directory.resolve("again"), new FailingDisk(number -> number == second), false);

    assertThat(failure.orElseThrow())
        .hasMessage(
            "cannot write the checkpoint of step 4 in %s: java.io.IOException: step-00000004: the"
                + " disk has failed; the run ends here, and can be resumed from the checkpoint of"
                + " step 2",
            directory.resolve("again"));
  }

  @Test
  void aCheckpointIsWrittenAsideForcedToTheDiskAndOnlyThenRenamed() {
    FailingDisk disk = new FailingDisk(number -> false);
    TrainingReport unused = train(directory.resolve("run"), disk, false);

    int end = disk.operations.indexOf("rename step-00000002");
    int start = disk.operations.indexOf("make .step-00000002.tmp");
    assertThat(disk.operations.subList(start - 1, end + 2))
        .containsExactly(
            "sync metrics.jsonl",
            "make .step-00000002.tmp",
            "make .step-00000002.tmp",
            "create policy.table",
            "write policy.table",
            "close policy.table",
            "sync policy.table",
            "sync directory .step-00000002.tmp",
            "make optimizer",
            "create optimizer.table",
            "write optimizer.table",
            "close optimizer.table",
            "sync optimizer.table",
            "sync directory optimizer",
            "make reference",
            "create policy.table",
            "write policy.table",
            "close policy.table",
            "sync policy.table",
            "sync directory reference",
            "make pairs",
            "create pairs.jsonl",
            "write pairs.jsonl",
            "close pairs.jsonl",
            "sync pairs.jsonl",
            "sync directory pairs",
            "create checkpoint.json",
            "write checkpoint.json",
            "close checkpoint.json",
            "sync checkpoint.json",
            "sync directory .step-00000002.tmp",
            "rename step-00000002",
            "sync directory checkpoints");
  }
}
