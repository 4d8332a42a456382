package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TensorEntryTest {

  @TempDir Path directory;

  @Test
  void map_givesTheTensorsBytesInNativeOrder() {
    TensorEntry tensor = tensor(TensorType.F32, 2);

    ByteBuffer data = tensor.map();

    assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(data.remaining()).isEqualTo(8);
    assertThat(data.getInt(0)).isEqualTo(0x07060504);
  }

  @Test
  void writesToAMap_stayOutOfTheFile() throws Exception {
    TensorEntry tensor = tensor(TensorType.F32, 2);
    byte[] before = Files.readAllBytes(tensor.file());

    ByteBuffer data = tensor.map();
    data.putInt(0, -1);

    assertThat(data.getInt(0)).isEqualTo(-1);
    assertThat(Files.readAllBytes(tensor.file())).isEqualTo(before);
    assertThat(tensor.map().getInt(0)).isEqualTo(0x07060504);
  }

  @Test
  void tensorWithoutElements_hasAnEmptyMapAndNoChunks() {
    TensorEntry tensor = tensor(TensorType.F32, 0);
    List<Long> offsets = new ArrayList<>();

    tensor.read(4, (at, chunk) -> offsets.add(at));

    assertThat(tensor.map().remaining()).isZero();
    assertThat(offsets).isEmpty();
  }

  @Test
  void fileThatShrank_isRefusedAndNotGrown() throws Exception {
    TensorEntry tensor = tensor(TensorType.F32, 2);
    long size = Files.size(tensor.file());
    try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.WRITE)) {
      channel.truncate(size - 1);
    }
    String message =
        String.format(
            Locale.ROOT,
            "%s: tensor b: the file must still have the %d bytes that its header states, got %d",
            tensor.file(),
            size,
            size - 1);

    assertThatThrownBy(tensor::map)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> tensor.read(4, (at, chunk) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(Files.size(tensor.file())).isEqualTo(size - 1);
  }

  @Test
  void fileThatShrinksWhileItIsRead_isNamed() {
    TensorEntry tensor = tensor(TensorType.F32, 2);

    assertThatThrownBy(() -> tensor.read(4, (at, chunk) -> shorten(tensor.file())))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot read %s: tensor b: java.io.EOFException: the file was shortened while it was"
                + " read",
            tensor.file());
  }

  @Test
  void fileThatIsGone_isNamed() throws Exception {
    TensorEntry tensor = tensor(TensorType.F32, 2);
    Files.delete(tensor.file());

    assertThatThrownBy(tensor::map)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot read %s: tensor b: java.nio.file.NoSuchFileException: %s",
            tensor.file(), tensor.file());
  }

  @Test
  void chunks_areWholeElementsInOrder() {
    TensorEntry tensor = tensor(TensorType.F32, 5);
    List<String> chunks = new ArrayList<>();

    tensor.read(
        11, (at, chunk) -> chunks.add(at + "+" + chunk.remaining() + ": " + chunk.getInt(0)));

    assertThat(chunks)
        .containsExactly("0+8: " + 0x07060504, "8+8: " + 0x0f0e0d0c, "16+4: " + 0x17161514);
  }

  @Test
  void chunksOfSixBitFloats_areMultiplesOfThreeBytes() {
    TensorEntry tensor = tensor(TensorType.F6_E2M3, 12);
    List<Integer> sizes = new ArrayList<>();

    tensor.read(8, (at, chunk) -> sizes.add(chunk.remaining()));

    assertThat(sizes).containsExactly(6, 3);
  }

  @Test
  void chunkSmallerThanAnElement_isRefused() {
    TensorEntry tensor = tensor(TensorType.F32, 2);

    assertThatThrownBy(() -> tensor.read(3, (at, chunk) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: tensor b: chunkBytes must be at least the 4 of whole elements, got 3",
            tensor.file());
  }

  @Test
  void entryWhoseNumbersDoNotFit_isRefused() {
    Path file = Path.of("x");

    assertThatThrownBy(() -> new TensorEntry(file, "w", TensorType.F32, TensorShape.of(2), 8, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: tensor w: must be 8 bytes, got 4");
    assertThatThrownBy(() -> new TensorEntry(file, "w", TensorType.F32, TensorShape.of(-2), 8, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: tensor w: shape must have no size < 0, got [-2]");
    assertThatThrownBy(() -> new TensorEntry(file, "w", TensorType.F32, TensorShape.of(2), -8, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: tensor w: offset must be ≥ 0, got -8");
  }

  @Test
  void tensorBeyondTwoGibibytes_isReadInChunksAndNotMapped() throws Exception {
    long elements = 542_000_000;
    long bytes = elements * 4;
    String header =
        "{" + RawFile.entry("w", "F32", "[" + elements + "]", "[0," + bytes + "]") + "}";
    Path file = RawFile.write(directory.resolve("large.safetensors"), header, 0);
    long start = Files.size(file);
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(start + bytes);
      large.seek(start + (1L << 31));
      large.write(2);
      large.seek(start + bytes - 1);
      large.write(3);
    }
    assumeTrue(isSparse(file), "this file system keeps no holes, 2 GiB would be written");
    TensorEntry tensor = RawFile.tensor(file, "w");
    List<String> chunks = new ArrayList<>();

    // From a little before the two gibibytes on; all of them would take seconds.
    tensor.readFrom(
        (1L << 31) - (1 << 24),
        (1 << 24) + 3,
        (at, chunk) ->
            chunks.add(at + ": " + chunk.get(0) + "…" + chunk.get(chunk.remaining() - 1)));

    assertThat(chunks).containsExactly("2130706432: 0…0", "2147483648: 2…0", "2164260864: 0…3");
    assertThatThrownBy(tensor::map)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: tensor w: must be at most 2147483647 bytes to be mapped, got 2168000000; read it in"
                + " chunks",
            file);
  }

  @Test
  void tensorBehindTwoGibibytes_isMapped() throws Exception {
    long before = 1L << 31;
    String header =
        "{"
            + RawFile.entry("a", "U8", "[" + before + "]", "[0," + before + "]")
            + ","
            + RawFile.entry("b", "U8", "[1]", "[" + before + "," + (before + 1) + "]")
            + "}";
    Path file = RawFile.write(directory.resolve("large.safetensors"), header, 0);
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.seek(8 + header.getBytes(StandardCharsets.UTF_8).length + before);
      large.write(7);
    }
    assumeTrue(isSparse(file), "this file system keeps no holes, 2 GiB would be written");

    assertThat(RawFile.tensor(file, "b").map().get(0)).isEqualTo((byte) 7);
  }

  /** Whether holes take no place, asked of a file that is nearly all hole. */
  private static boolean isSparse(Path file) throws Exception {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return false;
    }
    Process usage = new ProcessBuilder("du", "-k", file.toString()).start();
    String answer = new String(usage.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(answer.split("\\s", 2)[0]) < 1_024;
  }

  private static void shorten(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(10);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The second of two tensors, named b; its data are 4, 5, 6, … */
  private TensorEntry tensor(TensorType type, int elements) {
    int end = 4 + elements * type.bits() / 8;
    String header =
        "{"
            + RawFile.entry("a", "U8", "[4]", "[0,4]")
            + ","
            + RawFile.entry("b", type.name(), "[" + elements + "]", "[4," + end + "]")
            + "}";
    Path file = RawFile.write(directory.resolve("x.safetensors"), header, end);
    return SafetensorsFile.read(file).values().asList().get(1);
  }
}
