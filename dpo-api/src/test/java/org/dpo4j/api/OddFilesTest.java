package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import com.google.common.collect.Iterables;
import com.google.common.hash.Hashing;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a run that are whole and yet nothing that it wrote. */
class OddFilesTest {

  @TempDir(factory = FastDisk.class)
  Path root;

  private Path run;

  @BeforeEach
  void nameTheRun() {
    run = root.resolve("run");
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

  private void assertEndsLikeAnUninterruptedRun() throws IOException {
    assertThat(RecordedRuns.resumed(run))
        .isEqualTo(RecordedRuns.uninterrupted(root.resolve("whole")));
  }

  private Path newest() throws IOException {
    return run.resolve("checkpoints").resolve(Iterables.getLast(RecordedRuns.checkpoints(run)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"held_out\":false,\"step\":1,\"id\":\"a\",\"reward_chosen\":\"-0.1x\"}",
        "{\"step\":null}",
        "{\"step\":[1]}",
        "{\"step\":1e99}",
        "[1]",
        "null",
        "{{",
        "\0"
      })
  void whatOnlyTheReportDraws_endsNoRun_andCostsItsLine(String odd) throws IOException {
    trainUntil(5);
    for (String file : List.of("pairs.jsonl", "samples.jsonl", "alarms.jsonl")) {
      Files.writeString(run.resolve(file), odd + "\n");
    }
    Files.writeString(
        run.resolve("samples.jsonl"),
        odd + "\n{\"when\":\"after\",\"prompt\":\"The film\",\"completion\":\" is good\"}\n");

    assertEndsLikeAnUninterruptedRun();

    assertThat(run.resolve("report.html"))
        .content()
        .contains("The film", " is good", "Rewards, the last learnt");
  }

  @Test
  void bytesThatAreNoText_endNoRun() throws IOException {
    trainUntil(5);
    for (String file : List.of("pairs.jsonl", "samples.jsonl")) {
      Files.write(run.resolve(file), new byte[] {(byte) 0xc3, '\n', (byte) 0xff, '\n'});
    }

    assertEndsLikeAnUninterruptedRun();
  }

  @Test
  void aRunKilledBeforeItHasDrawn_drawsThePairsOfItsCheckpoint() throws IOException {
    RecordedRuns.uninterrupted(root.resolve("whole"));
    trainUntil(7);
    Files.delete(run.resolve("pairs.jsonl"));

    RecordedRuns.resumed(run);

    assertThat(Files.readAllLines(run.resolve("pairs.jsonl")))
        .isEqualTo(Files.readAllLines(root.resolve("whole/pairs.jsonl")));
  }

  /** Manifests with a right checksum: as somebody else would write one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "format|`\"1\"`",
        "format|`null`",
        "format|`2`",
        "files|`[]`",
        "files|",
        "files/policy.table|`7`",
        "files/policy.table/bytes|",
        "files/policy.table/bytes|`null`",
        "files/policy.table/bytes|`[\"a\"]`",
        "files/policy.table/bytes|`1e999999999`",
        "files/policy.table/sha256|",
        "files/policy.table/sha256|`{}`",
        "files/..|`{\"bytes\":1,\"sha256\":\"\"}`",
        "files/..\\..\\x|`{\"bytes\":1,\"sha256\":\"\"}`",
        "about|",
        "about|`true`",
        "about/step|`\".*\"`",
        "about/step|`-1`",
        "about/step|`7.5`",
        "about/step|`1000000`",
        "about/step|`99999999999`",
        "about/tokens|`\"many\"`",
        "about/nanoseconds|",
        "about/nanoseconds|`-1`",
        "about/stopped|`\"COMPLETE\"`",
        "about/stopped|`{}`",
        "about/step_zero|`7`",
        "about/step_zero/loss|`\"1.2.3\"`",
        "about/reward_shift|`{\"mean\":\"NaN\",\"count\":1}`",
        "about/reward_shift|`[]`",
        "about/metrics|",
        "about/metrics|`\"x\"`",
        "about/metrics/bytes|`\"COMPLETED\"`",
        "about/metrics/bytes|`9223372036854775807`",
        "about/metrics/bytes|`3`",
        "about/metrics/bytes|`0`",
        "about/metrics/sha256|`null`",
      })
  void aCheckpointThatIsSignedButOdd_isPassedOver(String place, @Nullable String value)
      throws IOException {
    trainUntil(7);
    Path manifest = newest().resolve("checkpoint.json");
    JsonObject signed = JsonParser.parseString(Files.readString(manifest)).getAsJsonObject();
    change(signed.getAsJsonObject("manifest"), List.of(place.split("/")), value);
    sign(signed);
    Files.writeString(manifest, signed.toString());

    assertEndsLikeAnUninterruptedRun();
  }

  private static void change(JsonObject json, List<String> place, @Nullable String value) {
    if (place.size() > 1 && json.get(place.get(0)) instanceof JsonObject inside) {
      change(inside, place.subList(1, place.size()), value);
    } else if (value == null) {
      json.remove(place.get(0));
    } else {
      json.add(place.get(0), JsonParser.parseString(value));
    }
  }

  private static void sign(JsonObject signed) {
    JsonElement manifest = signed.get("manifest");
    signed.addProperty(
        "sha256",
        Hashing.sha256().hashString(manifest.toString(), StandardCharsets.UTF_8).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"step\":1}",
        "{\"step\":\"two\",\"loss\":1}",
        "{\"step\":900,\"loss\":1}",
        "{\"step\":8,\"loss\":{}}",
        "{\"step\":8,\"skipped\":true,\"value\":1,\"examples\":[]}",
        "{\"step\":8,\"skipped\":\"loss\",\"value\":1,\"examples\":[[]]}",
        "{\"step\":8,\"skipped\":\"loss\"}"
      })
  void aCheckpointWhoseMetricsAreSignedButOdd_isPassedOver(String line) throws IOException {
    trainUntil(7);
    Path metrics = run.resolve("metrics.jsonl");
    Files.writeString(metrics, Files.readString(metrics) + line + "\n");
    Path manifest = newest().resolve("checkpoint.json");
    JsonObject signed = JsonParser.parseString(Files.readString(manifest)).getAsJsonObject();
    JsonObject mark =
        signed.getAsJsonObject("manifest").getAsJsonObject("about").getAsJsonObject("metrics");
    byte[] all = Files.readAllBytes(metrics);
    mark.addProperty("bytes", all.length);
    mark.addProperty("sha256", Hashing.sha256().hashBytes(all).toString());
    sign(signed);
    Files.writeString(manifest, signed.toString());

    assertEndsLikeAnUninterruptedRun();
  }

  @ParameterizedTest
  @CsvSource({"NaN", "0.5", "-Infinity"})
  void aCacheOfValuesThatAreNoLogProbs_isRefusedWithTheirPlace(double value) throws IOException {
    Path file = root.resolve("cache");
    PromptGroup group = Toy.tokens(PAIRS.get(0));
    TokenValues values = Toy.logProbs(Toy.uniform(), PAIRS.range(0, 1));
    try (LogProbFile cache = LogProbFile.writing(file, "x")) {
      cache.add(List.of(group), List.of(values));
    }
    long place = Files.size(file) - Integer.BYTES - (long) values.tokens() * Double.BYTES;
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(place);
      bytes.writeDouble(value);
      int record = (int) (bytes.length() - place) + 2 * Long.BYTES + Integer.BYTES;
      byte[] signed = new byte[record - Integer.BYTES];
      bytes.seek(bytes.length() - record);
      bytes.readFully(signed);
      CRC32C crc = new CRC32C();
      crc.update(ByteBuffer.wrap(signed));
      bytes.writeInt((int) crc.getValue());
    }

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogProbFile.reading(file))
        .withMessage(
            "%s: the value at byte %s is %s, and a log-prob must be finite and ≤ 0; delete the file"
                + " to compute its log-probs again",
            file, place, value);
  }

  @Test
  void anErrorWhileARunIsOpened_leavesTheDirectoryFree() throws IOException {
    trainUntil(5);
    FailingDisk outOfMemory =
        new FailingDisk(
            operation -> {
              if (operation == 9) {
                throw new OutOfMemoryError("a test's");
              }
              return false;
            });

    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(
            () ->
                RecordedRuns.trainer(RecordedRuns.policy())
                    .runDirectory(RecordedRuns.in(run).resume(true).on(outOfMemory))
                    .build()
                    .train(PAIRS));

    assertEndsLikeAnUninterruptedRun();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunWhoseLockIsDeletedOrReplaced_writesNothingMore(boolean replaced) throws IOException {
    List<Integer> told = new ArrayList<>();
    assertThatThrownBy(
            () ->
                RecordedRuns.trainer(RecordedRuns.policy())
                    .runDirectory(RecordedRuns.in(run))
                    .listener(
                        step -> {
                          told.add(step.step());
                          if (step.step() == 3) {
                            deleteLock(replaced);
                          }
                        })
                    .build()
                    .train(PAIRS))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(
            "run.lock was deleted or replaced, so that another run may be in the directory; the run"
                + " ends here, and can be resumed from the checkpoint of step 2");

    assertThat(told).last().isEqualTo(3);
    assertThat(RecordedRuns.lines(run)).hasSize(3);
    assertEndsLikeAnUninterruptedRun();
  }

  private void deleteLock(boolean replaced) {
    try {
      Files.delete(run.resolve("run.lock"));
      if (replaced) {
        Files.createFile(run.resolve("run.lock"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
