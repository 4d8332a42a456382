package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SafetensorsWriterTest {

  private static final ImmutableMap<String, String> NO_METADATA = ImmutableMap.of();

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("x.safetensors");
  }

  @Test
  void file_isWhatTheFormatSays() throws Exception {
    write(
        ImmutableMap.of("format", "pt"),
        Sources.of("w", TensorType.I16, TensorShape.of(1, 2), new byte[] {1, 2, 3, 4}));

    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"w\":{\"dtype\":\"I16\",\"shape\":[1,2],\"data_offsets\":[0,4]}}";
    byte[] padded = (header + " ".repeat(-header.length() & 7)).getBytes(StandardCharsets.UTF_8);
    assertThat(Files.readAllBytes(file))
        .isEqualTo(
            ByteBuffer.allocate(8 + padded.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .put(new byte[] {1, 2, 3, 4})
                .array());
  }

  @ParameterizedTest
  @EnumSource
  void everyType_comesBackBitForBit(TensorType type) {
    byte[] bits = new byte[256 * type.bits() / 8];
    for (int i = 0; i < bits.length; i++) {
      // All patterns of the small types, NaN, infinities and subnormal numbers among them.
      bits[i] = (byte) (i * 37);
    }

    write(NO_METADATA, Sources.of("w", type, TensorShape.of(16, 16), bits));

    TensorEntry tensor = RawFile.tensor(file, "w");
    assertThat(tensor.type()).isEqualTo(type);
    assertThat(tensor.shape()).isEqualTo(TensorShape.of(16, 16));
    assertThat(Sources.bytes(tensor)).isEqualTo(bits);
  }

  @Test
  void all16BitPatterns_comeBack() {
    ByteBuffer patterns = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.range(0, 1 << 16).forEach(i -> patterns.putShort((short) i));

    write(
        NO_METADATA,
        Sources.of("half", TensorType.F16, TensorShape.of(1 << 16), patterns.array()),
        Sources.of("brain", TensorType.BF16, TensorShape.of(1 << 16), patterns.array()));

    assertThat(Sources.bytes(RawFile.tensor(file, "half"))).isEqualTo(patterns.array());
    assertThat(Sources.bytes(RawFile.tensor(file, "brain"))).isEqualTo(patterns.array());
  }

  @Test
  void everyTensor_isAlignedToItsElements() {
    write(
        NO_METADATA,
        Sources.ones("odd", 3),
        Sources.of("brain", TensorType.BF16, TensorShape.of(3), new byte[6]),
        Sources.of("scalar", TensorType.F32, TensorShape.of(), new byte[4]),
        Sources.of("none", TensorType.F32, TensorShape.of(0), new byte[0]),
        Sources.of("double", TensorType.F64, TensorShape.of(1), new byte[8]));

    ImmutableMap<String, TensorEntry> tensors = SafetensorsFile.read(file);
    assertThat(tensors.keySet())
        .containsExactlyInAnyOrder("double", "scalar", "none", "brain", "odd");
    assertThat(tensors.values())
        .allSatisfy(tensor -> assertThat(tensor.offset() % tensor.type().bytes()).isZero());
  }

  @Test
  void strangeNamesAndMetadata_comeBack() {
    String strange = "\"\\\n\u0000\u2028é<&'😀";

    write(ImmutableMap.of(strange, strange, "", ""), Sources.ones(strange, 1), Sources.ones("", 1));

    assertThat(SafetensorsFile.read(file).keySet()).containsExactly(strange, "");
    assertThat(SafetensorsFile.metadata(file)).isEqualTo(ImmutableMap.of(strange, strange, "", ""));
  }

  @Test
  void nothing_isAFileToo() {
    write(NO_METADATA);

    assertThat(SafetensorsFile.read(file)).isEmpty();
  }

  @Test
  void fileThatIsThere_isReplacedAndNothingElseIsLeft() throws Exception {
    write(NO_METADATA, Sources.ones("old", 9));
    write(NO_METADATA, Sources.ones("new", 3));

    assertThat(SafetensorsFile.read(file)).containsOnlyKeys("new");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void contentThatFailsAfterAnyByte_leavesTheFileThatWasThere() throws Exception {
    write(NO_METADATA, Sources.ones("old", 9));
    byte[] before = Files.readAllBytes(file);

    for (int count = 0; count <= 8; count++) {
      TensorSource failing = Sources.failing("b", 8, count);
      assertThatThrownBy(() -> write(NO_METADATA, Sources.ones("a", 9), failing))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "cannot write " + file + ": tensor b: java.io.IOException: the disk is on fire");
      assertThat(files()).containsExactly(file);
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
  }

  @Test
  void contentThatFailsOtherwise_isNamed() throws Exception {
    TensorSource failing =
        new TensorSource(
            "w",
            TensorType.U8,
            TensorShape.of(1),
            out -> {
              throw new UnsupportedOperationException("no such device");
            });

    assertThatThrownBy(() -> write(NO_METADATA, failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "cannot write "
                + file
                + ": tensor w: java.lang.UnsupportedOperationException: no such device")
        .hasCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void contentOfTooFewBytes_isRefused() throws Exception {
    assertThatThrownBy(() -> write(NO_METADATA, source("w", 4, new byte[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": tensor w: content must write 4 bytes, wrote 3");
    assertThat(files()).isEmpty();
  }

  @Test
  void contentOfTooManyBytes_isRefused() throws Exception {
    assertThatThrownBy(() -> write(NO_METADATA, source("w", 4, new byte[5])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": tensor w: content must write 4 bytes, tried to write 5 or more");
    assertThat(files()).isEmpty();
  }

  @Test
  void contentThatHidesThatItWroteTooMuch_isRefused() throws Exception {
    TensorSource hiding =
        new TensorSource(
            "w",
            TensorType.U8,
            TensorShape.of(4),
            out -> {
              try {
                out.write(ByteBuffer.allocate(5));
              } catch (java.io.IOException e) {
                out.write(ByteBuffer.allocate(0));
              }
            });

    assertThatThrownBy(() -> write(NO_METADATA, hiding))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": tensor w: content must write 4 bytes, tried to write 5 or more");
    assertThat(files()).isEmpty();
  }

  @Test
  void contentThatClosesItsChannel_doesNotHinderTheNext() {
    TensorSource closing =
        new TensorSource(
            "a",
            TensorType.U8,
            TensorShape.of(1),
            out -> {
              try (out) {
                out.write(ByteBuffer.allocate(1));
              }
            });

    write(NO_METADATA, closing, Sources.ones("b", 1));

    assertThat(SafetensorsFile.read(file)).containsOnlyKeys("a", "b");
  }

  @Test
  void twoTensorsOfOneName_areRefused() {
    assertThatThrownBy(() -> write(NO_METADATA, Sources.ones("w", 1), Sources.ones("w", 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": tensor w must be there once, got it twice");
  }

  @Test
  void tooManyTensors_areRefused() {
    List<TensorSource> many = Collections.nCopies(100_001, Sources.ones("w", 1));

    assertThatThrownBy(() -> SafetensorsWriter.write(file, many, NO_METADATA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": must have at most 100000 tensors");
  }

  @Test
  void tensorsThatNoFileCanHold_areRefused() {
    TensorSource huge =
        new TensorSource("a", TensorType.U8, TensorShape.of(Long.MAX_VALUE / 8), out -> {});
    TensorSource[] nine = new TensorSource[9];
    for (int i = 0; i < 9; i++) {
      nine[i] = new TensorSource("a" + i, huge.type(), huge.shape(), huge.content());
    }

    assertThatThrownBy(() -> write(NO_METADATA, nine))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": tensors must be fewer bytes than 2^63");
  }

  @Test
  void brokenSources_areRefused() {
    assertSourceRefused("__metadata__", 1, "tensor __metadata__: name must not be __metadata__");
    assertSourceRefused(
        "\ud800", 1, "tensor \\ud800: name must be Unicode without lone surrogates, got \\ud800");
    assertSourceRefused("w", -1, "tensor w: shape must have no size < 0, got [-1]");
  }

  @Test
  void metadataThatIsNoUnicode_isRefused() {
    assertThatThrownBy(() -> write(ImmutableMap.of("a", "\ud800")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            file + ": __metadata__: value must be Unicode without lone surrogates, got \\ud800");
  }

  @Test
  void directoryThatIsNotThere_isNamed() {
    Path nowhere = directory.resolve("nowhere/x.safetensors");

    assertThatThrownBy(() -> SafetensorsWriter.write(nowhere, ImmutableList.of(), NO_METADATA))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(
            "cannot write " + nowhere + ": java.nio.file.NoSuchFileException: ");
  }

  private static void assertSourceRefused(String name, long size, String message) {
    assertThatThrownBy(() -> new TensorSource(name, TensorType.U8, TensorShape.of(size), out -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static TensorSource source(String name, int bytes, byte[] content) {
    return Sources.of(name, TensorType.U8, TensorShape.of(bytes), content);
  }

  private void write(ImmutableMap<String, String> metadata, TensorSource... tensors) {
    SafetensorsWriter.write(file, ImmutableList.copyOf(tensors), metadata);
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
