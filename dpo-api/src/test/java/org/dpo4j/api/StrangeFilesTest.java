package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run's directory in which somebody else put something: that stays, and so does what it names.
 */
@DisabledOnOs(OS.WINDOWS) // Making a link needs a privilege there.
class StrangeFilesTest {

  @TempDir(factory = FastDisk.class)
  Path root;

  private Path run;
  private Path precious;

  @BeforeEach
  void somethingPrecious() throws IOException {
    run = root.resolve("run");
    precious = root.resolve("precious");
    Files.createDirectories(precious.resolve("deep"));
    Files.writeString(precious.resolve("thesis.tex"), "years of work");
    Files.writeString(precious.resolve("deep/data.csv"), "1,2");
  }

  private void trainUntil(int last) {
    Cancellation cancellation = new Cancellation();
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
  }

  private void assertPreciousIsThere() {
    assertThat(precious.resolve("thesis.tex")).hasContent("years of work");
    assertThat(precious.resolve("deep/data.csv")).hasContent("1,2");
  }

  private void assertEndsLikeAnUninterruptedRun() throws IOException {
    assertThat(RecordedRuns.resumed(run))
        .isEqualTo(RecordedRuns.uninterrupted(root.resolve("whole")));
  }

  @Test
  void resuming_deletesNothingThatTheRunDidNotMake() throws IOException {
    trainUntil(5);
    Files.createSymbolicLink(run.resolve("notes.tmp"), precious);
    Files.writeString(run.resolve("mine.tmp"), "mine");
    Files.createDirectory(run.resolve("checkpoints/backup.tmp"));
    Files.writeString(run.resolve("checkpoints/backup.tmp/step"), "mine");

    assertEndsLikeAnUninterruptedRun();

    assertPreciousIsThere();
    assertThat(Files.isSymbolicLink(run.resolve("notes.tmp"))).isTrue();
    assertThat(run.resolve("mine.tmp")).hasContent("mine");
    assertThat(run.resolve("checkpoints/backup.tmp/step")).hasContent("mine");
  }

  @Test
  void resuming_deletesWhatAKilledRunLeftHalfDone_andOfLinksOnlyThem() throws IOException {
    trainUntil(5);
    for (String halfDone :
        List.of(
            ".final.tmp", "checkpoints/.step-00000006.tmp", "checkpoints/.step-00000002.old.tmp")) {
      Files.createDirectories(run.resolve(halfDone).resolve("optimizer"));
      Files.createSymbolicLink(run.resolve(halfDone).resolve("optimizer/link"), precious);
    }
    for (String link : List.of(".run.json.tmp", ".report.html.tmp", "checkpoints/.best.tmp")) {
      Files.createSymbolicLink(run.resolve(link), precious);
    }

    assertEndsLikeAnUninterruptedRun();

    assertPreciousIsThere();
    try (var inside = Files.walk(run)) {
      assertThat(inside.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".alarms.jsonl.tmp",
        ".pairs.jsonl.tmp",
        ".report.html.tmp",
        ".report.txt.tmp",
        "report.html",
        "report.txt",
        "pairs.jsonl",
        "alarms.jsonl",
        "checkpoints/best",
        "checkpoints/.best.tmp"
      })
  void aPlantedLink_isReplacedAndNeverWrittenThrough(String name) throws IOException {
    trainUntil(5);
    Files.deleteIfExists(run.resolve(name));
    Files.createSymbolicLink(run.resolve(name), precious.resolve("thesis.tex"));

    assertThat(RecordedRuns.resumed(run).stopped()).isEqualTo(StopReason.COMPLETED);

    assertPreciousIsThere();
    assertThat(run.resolve(name)).satisfies(it -> assertThat(Files.isSymbolicLink(it)).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".report.html.tmp",
        ".report.txt.tmp",
        ".pairs.jsonl.tmp",
        "checkpoints/.best.tmp",
        "checkpoints/.step-00000004.tmp",
        ".final.tmp"
      })
  void aLinkPlantedWhileTheRunGoes_isReplaced(String name) {
    Path target = name.contains("step") ? precious : precious.resolve("thesis.tex");
    TrainingReport unused =
        RecordedRuns.trainer(RecordedRuns.policy())
            .listener(
                step -> {
                  if (step.step() == 3) {
                    plant(run.resolve(name), target);
                  }
                })
            .runDirectory(RecordedRuns.in(run))
            .build()
            .train(PAIRS);

    assertPreciousIsThere();
    assertThat(Files.exists(run.resolve(name), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private static void plant(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLinkPlantedBeforeTheRunBegins_isReplaced() throws IOException {
    Files.createDirectory(run);
    plant(run.resolve(".run.json.tmp"), precious.resolve("thesis.tex"));

    TrainingReport unused =
        RecordedRuns.trainer(RecordedRuns.policy())
            .runDirectory(RecordedRuns.in(run))
            .build()
            .train(PAIRS);

    assertPreciousIsThere();
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics.jsonl", "run.lock"})
  void aLinkInPlaceOfWhatIsAppendedTo_isRefused(String name) throws IOException {
    trainUntil(5);
    Path moved = root.resolve("moved");
    Files.move(run.resolve(name), moved);
    byte[] before = Files.readAllBytes(moved);
    Files.createSymbolicLink(run.resolve(name), moved);

    assertThatThrownBy(() -> RecordedRuns.resumed(run))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot begin the run in %s: java.nio.file.FileSystemException: %s: is a link, and"
                + " nothing is written through one; take it away",
            run, run.toRealPath().resolve(name));

    assertThat(Files.readAllBytes(moved)).isEqualTo(before);
  }

  @Test
  void aCheckpointThatWasMovedAndLinked_isGoneOnFrom_andOnlyTheLinkIsPruned() throws IOException {
    trainUntil(5);
    String name = RecordedRuns.checkpoints(run).get(RecordedRuns.checkpoints(run).size() - 1);
    Path moved = root.resolve("bigger disk");
    Files.move(run.resolve("checkpoints").resolve(name), moved);
    Files.createSymbolicLink(run.resolve("checkpoints").resolve(name), moved);
    List<Path> before = inside(moved);

    assertEndsLikeAnUninterruptedRun();

    assertThat(inside(moved)).isEqualTo(before);
    assertThat(Files.exists(run.resolve("checkpoints").resolve(name), LinkOption.NOFOLLOW_LINKS))
        .as("pruned")
        .isFalse();
  }

  private static List<Path> inside(Path directory) throws IOException {
    try (var inside = Files.walk(directory)) {
      return inside.sorted().toList();
    }
  }

  @Test
  void aLinkInPlaceOfAllCheckpoints_isRefused() throws IOException {
    trainUntil(5);
    Files.move(run.resolve("checkpoints"), root.resolve("moved"));
    Files.createSymbolicLink(run.resolve("checkpoints"), root.resolve("moved"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordedRuns.resumed(run))
        .withMessage(
            "%s must be a directory of the run's own, and is a link; move the whole run instead, and"
                + " name where it is",
            run.resolve("checkpoints"));
    assertThat(inside(root.resolve("moved"))).hasSizeGreaterThan(3);
  }

  @Test
  void aCacheOfLogProbs_isNotWrittenThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("link"), precious.resolve("thesis.tex"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.writing(link, "ours"))
        .withMessage(
            "%s is a link, and nothing is written through one; name the file itself", link);
    assertPreciousIsThere();
  }
}
