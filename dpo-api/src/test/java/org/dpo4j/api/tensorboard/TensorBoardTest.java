package org.dpo4j.api.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.api.TrainingStep;
import org.dpo4j.core.batch.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Byte by byte; {@link TensorBoardReaderTest} asks TensorBoard's own reader. */
class TensorBoardTest {

  private @TempDir Path root;

  private static byte[] only(Path directory) throws IOException {
    try (Stream<Path> inside = Files.list(directory)) {
      return Files.readAllBytes(inside.toList().get(0));
    }
  }

  /** The records of a file, whose checksums are right. */
  private static List<ByteBuffer> records(byte[] file) {
    ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<ByteBuffer> records = new ArrayList<>();
    while (all.hasRemaining()) {
      byte[] length = new byte[8];
      all.get(length);
      assertThat(all.getInt()).isEqualTo(EventFile.maskedChecksum(length));
      byte[] content =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      all.get(content);
      assertThat(all.getInt()).isEqualTo(EventFile.maskedChecksum(content));
      records.add(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
    }
    return records;
  }

  /** 0x8a9136aa is CRC-32C of 32 zero bytes (RFC 3720); masked as TFRecord does by hand. */
  @Test
  void checksums_areMaskedCrc32c() {
    int crc = 0x8a9136aa;
    assertThat(EventFile.maskedChecksum(new byte[32]))
        .isEqualTo(((crc >>> 15) | (crc << 17)) + 0xa282ead8);
  }

  @Test
  void aStep_isARecordAfterVersionAndSession() throws IOException {
    TensorBoard board = TensorBoard.in(root);

    board.onStep(new TrainingStep(300, 999, Metrics.NONE.with("loss", 0.5)));
    board.onStep(new TrainingStep(301, 999, Metrics.NONE.with("loss", 0.25)));

    List<ByteBuffer> records = records(only(root.resolve("train")));
    assertThat(records).hasSize(4);
    assertThat(new String(records.get(0).array(), StandardCharsets.UTF_8))
        .endsWith("brain.Event:2");
    ByteBuffer step = records.get(2);
    assertThat(step.get()).isEqualTo((byte) 9);
    assertThat(step.getDouble()).isBetween(1.5e9, 1e11);
    byte[] rest = new byte[step.remaining()];
    step.get(rest);
    // step 300, a summary of 13 bytes with a value of 11: the tag, and 0.5 as a float
    assertThat(rest)
        .containsExactly(
            0x10, 0xac, 0x02, 0x2a, 13, 0x0a, 11, 0x0a, 4, 'l', 'o', 's', 's', 0x15, 0, 0, 0, 0x3f);
  }

  @Test
  void evaluations_haveTheSameNamesInAFileOfTheirOwn() throws IOException {
    TensorBoard.in(root)
        .onEvaluation(new TrainingStep(7, 9, Metrics.NONE.with("eval_rewards/margins", 2)));

    assertThat(new String(only(root.resolve("held_out")), StandardCharsets.ISO_8859_1))
        .contains("rewards/margins")
        .doesNotContain("eval_");
    assertThat(root.resolve("train")).doesNotExist();
  }

  @Test
  void whatCannotBeWritten_isNamed() throws IOException {
    Path file = Files.createFile(root.resolve("file"));

    assertThatThrownBy(
            () -> TensorBoard.in(file).onStep(new TrainingStep(1, 1, Metrics.NONE.with("loss", 1))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot write " + file.resolve("train"));
  }
}
