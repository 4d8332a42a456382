package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.ByteStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsStreamTest {

  private static final Path NAME = Path.of("state.safetensors");
  private static final int MEBIBYTE = 1 << 20;

  private final Random random = new Random(5);

  private TensorSource source(String name, long... shape) {
    byte[] bytes = new byte[(int) Arrays.stream(shape).reduce(Float.BYTES, Math::multiplyExact)];
    random.nextBytes(bytes);
    return Sources.of(name, TensorType.F32, TensorShape.of(shape), bytes);
  }

  private static byte[] written(TensorSource... tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        NAME, out, ImmutableList.copyOf(tensors), ImmutableMap.of("format", "pt"));
    return out.toByteArray();
  }

  private static SafetensorsStream open(byte[] bytes) throws IOException {
    return SafetensorsStream.open(NAME, new ByteArrayInputStream(bytes));
  }

  /** The data of all tensors, each row where it belongs. */
  private static Map<String, byte[]> read(byte[] bytes) throws IOException {
    SafetensorsStream stream = open(bytes);
    Map<String, ByteArrayOutputStream> data = new LinkedHashMap<>();
    Map<String, Long> next = new LinkedHashMap<>();
    stream.shapes().keySet().forEach(name -> data.put(name, new ByteArrayOutputStream()));
    stream.read(
        (tensor, row, rows, numbers) -> {
          assertThat(row).isEqualTo(next.getOrDefault(tensor, 0L));
          next.put(tensor, row + rows);
          byte[] part = new byte[numbers.remaining()];
          numbers.get(part);
          data.computeIfAbsent(tensor, name -> new ByteArrayOutputStream()).writeBytes(part);
        });
    Map<String, byte[]> all = new LinkedHashMap<>();
    data.forEach((name, part) -> all.put(name, part.toByteArray()));
    return all;
  }

  @Test
  void stream_hasTheBytesOfTheFile(@TempDir Path directory) throws IOException {
    TensorSource tensor = source("w", 3, 5);
    Path file = directory.resolve("x.safetensors");
    SafetensorsWriter.write(file, ImmutableList.of(tensor), ImmutableMap.of("format", "pt"));

    assertThat(written(tensor)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void tensorsOfAllSizes_comeBackInWholeRows() throws IOException {
    TensorSource[] tensors = {
      source("small", 3, 5),
      source("many rows", 5, 77_777),
      source("long rows", 3, 2, MEBIBYTE / 7),
      source("vector", 300_001),
      source("no rows", 0, 5),
      source("empty rows", 5, 0),
      source("scalar")
    };

    Map<String, byte[]> found = read(written(tensors));

    Map<String, byte[]> expected = new LinkedHashMap<>();
    for (TensorSource tensor : tensors) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      tensor.content().writeTo(Channels.newChannel(out));
      expected.put(tensor.name(), out.toByteArray());
    }
    assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(open(written(tensors)).shapes()).containsEntry("small", TensorShape.of(3, 5));
    assertThat(open(written(tensors)).metadata()).isEqualTo(ImmutableMap.of("format", "pt"));
  }

  @Test
  void chunks_areBounded_butForALongerRow() throws IOException {
    open(written(source("a", 1000, 1000), source("b", 2, 400_000)))
        .read(
            (tensor, row, rows, numbers) ->
                assertThat(numbers.remaining())
                    .isLessThanOrEqualTo(tensor.equals("a") ? MEBIBYTE : 1_600_000));
  }

  @Test
  void truncated_sayWhere() throws IOException {
    byte[] whole = written(source("w", 3, 5));
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 1)))
        .withMessage("state.safetensors: tensor w is truncated");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(Arrays.copyOf(whole, 7)))
        .withMessage("state.safetensors: must be at least 8 bytes, got 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(Arrays.copyOf(whole, 20)))
        .withMessageStartingWith("state.safetensors: header");
  }

  @Test
  void trailingBytes_refused() throws IOException {
    byte[] whole = written(source("w", 3, 5));
    assertThatIOException()
        .isThrownBy(() -> read(Arrays.copyOf(whole, whole.length + 1)))
        .withMessage("state.safetensors has more bytes than its header says");
  }

  @Test
  void anotherType_refused() throws IOException {
    byte[] half = written(Sources.of("w", TensorType.F16, TensorShape.of(1), new byte[2]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(half))
        .withMessage("state.safetensors: tensor w: must be of F32, got F16");
  }

  @Test
  void headerThatBreaksARule_refused() {
    String hole = "{" + RawFile.entry("w", "F32", "[1]", "[4,8]") + "}";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(RawFile.bytes(hole.getBytes(StandardCharsets.UTF_8), 8)))
        .withMessage(
            "state.safetensors: tensor w: data must leave no hole: must begin at 0, the first"
                + " byte, got 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(RawFile.bytes(1L << 40, new byte[0], 8)))
        .withMessage(
            "state.safetensors: header must be at most 100000000 bytes, got 1099511627776");
  }

  @Test
  void writing_aStreamOrContentThatFails_namesTheTensor() {
    assertThatIOException()
        .isThrownBy(() -> written(Sources.failing("w", 5, 2)))
        .withMessage(
            "cannot write state.safetensors: tensor w: java.io.IOException: the disk is on fire");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SafetensorsWriter.write(
                    NAME,
                    ByteStreams.nullOutputStream(),
                    ImmutableList.of(source("w", 1), source("w", 1)),
                    ImmutableMap.of()))
        .withMessage("state.safetensors: tensor w must be there once, got it twice");
  }
}
