package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real file system of one page. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "mounts a tmpfs")
class FullDiskTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(81);

  @TempDir Path directory;

  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mountASmallDisk() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.toString());
    assumeTrue(mounted, "a small disk can't be mounted here: that takes root");
  }

  @AfterEach
  void unmount() throws Exception {
    assertThat(!mounted || run("umount", disk.toString())).isTrue();
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static DpoTrainer trainer(TabularPolicy policy, Reference reference) {
    return Toy.trainer(policy).reference(reference).batchSize(1).build();
  }

  @Test
  void aFullDiskEndsTheRunAndWhatWasWrittenStaysOfUse() throws Exception {
    Path file = disk.resolve("reference.logprobs");
    CountingScorer model = new CountingScorer(Toy.uniform());
    Reference cached = Reference.cached(Reference.model(model), file);

    TrainingException failure =
        catchThrowableOfType(
            TrainingException.class, () -> trainer(Toy.random(), cached).train(PAIRS));

    int kept = failure.step() - 1;
    assertThat(kept).isBetween(20, 80);
    assertThat(failure)
        .hasMessage(
            "step %s, pairs %s: cannot write reference log-probs to %s: No space left on device;"
                + " the file is whole up to here, and a run with it goes on from there; the"
                + " parameters are as before this step",
            failure.step(), failure.exampleIds(), file)
        .hasCauseInstanceOf(UncheckedIOException.class);
    try (LogProbFile store = LogProbFile.reading(file)) {
      assertThat(store.warnings()).isEmpty();
      assertThat(model.asked.subList(0, kept)).allMatch(store::has);
    }

    assertThat(run("mount", "-o", "remount,size=64k", disk.toString())).isTrue();
    model.asked.clear();
    TabularPolicy policy = Toy.random();
    TabularPolicy live = Toy.random();
    trainer(policy, cached).train(PAIRS);
    trainer(live, Reference.model(Toy.uniform())).train(PAIRS);

    assertThat(model.asked).hasSize(81 - kept);
    assertThat(policy.fingerprint()).isEqualTo(live.fingerprint());
  }

  @Test
  void aFullDiskEndsARunWithADirectoryWhichGoesOnOnceThereIsRoom() throws Exception {
    assertThat(run("mount", "-o", "remount,size=128k", disk.toString())).isTrue();
    Path place = disk.resolve("run");
    RunDirectory every = RunDirectory.at(place).checkpointEvery(1).keepLast(1000).resume(true);
    TabularPolicy policy = Toy.random();

    UncheckedIOException failure =
        catchThrowableOfType(
            UncheckedIOException.class,
            () -> Toy.trainer(policy).batchSize(1).runDirectory(every).build().train(PAIRS));

    int kept = RecordedRuns.checkpoints(place).size();
    assertThat(kept).isBetween(3, 80);
    assertThat(failure)
        .hasMessageContaining("No space left on device")
        .hasMessageEndingWith(
            "; the run ends here, and can be resumed from the checkpoint of step " + kept);

    assertThat(run("mount", "-o", "remount,size=8m", disk.toString())).isTrue();
    TabularPolicy resumed = Toy.random();
    TabularPolicy whole = Toy.random();
    List<Integer> steps = new ArrayList<>();
    Toy.trainer(resumed)
        .batchSize(1)
        .runDirectory(every)
        .listener(step -> steps.add(step.step()))
        .build()
        .train(PAIRS);
    Toy.trainer(whole).batchSize(1).build().train(PAIRS);

    assertThat(steps).first().isEqualTo(kept + 1);
    assertThat(resumed.fingerprint()).isEqualTo(whole.fingerprint());
  }
}
