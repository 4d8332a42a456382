package org.dpo4j.torch.internal.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class SafetensorsFileTest {

  private static final String A = RawFile.entry("a", "F32", "[2]", "[0,8]");
  private static final String TYPES =
      "[BOOL, F4, F6_E2M3, F6_E3M2, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ,"
          + " I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64]";

  @TempDir Path directory;

  @Test
  void file_givesItsTensorsInTheOrderOfTheirData() {
    Path file =
        write(
            "{\"__metadata__\":{\"format\":\"pt\",\"é\":\"\\n\"},"
                + RawFile.entry("later", "BF16", "[3,1]", "[8,14]")
                + ","
                + A
                + ","
                + RawFile.entry("empty", "F64", "[0,4]", "[8,8]")
                + ","
                + RawFile.entry("scalar", "U8", "[]", "[14,15]")
                + "}  \n",
            15);
    long start = 8 + 276;

    ImmutableMap<String, TensorEntry> tensors = SafetensorsFile.read(file);

    assertThat(tensors.values())
        .containsExactly(
            new TensorEntry(file, "a", TensorType.F32, TensorShape.of(2), start, 8),
            new TensorEntry(file, "empty", TensorType.F64, TensorShape.of(0, 4), start + 8, 0),
            new TensorEntry(file, "later", TensorType.BF16, TensorShape.of(3, 1), start + 8, 6),
            new TensorEntry(file, "scalar", TensorType.U8, TensorShape.of(), start + 14, 1));
    assertThat(SafetensorsFile.metadata(file))
        .containsExactly(Map.entry("format", "pt"), Map.entry("é", "\n"));
  }

  @Test
  void fileWithoutTensors_isRead() {
    Path file = write("{}", 0);

    assertThat(SafetensorsFile.read(file)).isEmpty();
    assertThat(SafetensorsFile.metadata(file)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyType_isRead(TensorType type) {
    // 8 elements are whole bytes of every type.
    Path file =
        write(
            "{" + RawFile.entry("w", type.name(), "[8]", "[0," + type.bits() + "]") + "}",
            type.bits());

    assertThat(RawFile.tensor(file, "w").bytes()).isEqualTo(type.bits());
  }

  static Stream<Arguments> brokenHeaders() {
    return Stream.of(
        // The text.
        broken("[]", 0, "header must start with '{', got byte 0x5b"),
        broken(" {}", 0, "header must start with '{', got byte 0x20"),
        broken("\ufeff{}", 0, "header must start with '{', got byte 0xef"),
        broken("", 0, "header must start with '{', got nothing"),
        broken("{", 0, "header is not valid JSON at $."),
        broken("{}{}", 0, "header is not valid JSON at $"),
        broken("{}\0", 0, "header is not valid JSON at $"),
        broken("{\"a\":{\"shape\":[1,]}}", 0, "header is not valid JSON at $.a.shape[1]"),
        broken("{'a':{}}", 0, "header is not valid JSON at $."),
        broken("{/**/}", 0, "header is not valid JSON at $."),
        broken("{\"a\tb\":{}}", 0, "header is not valid JSON at $."),
        broken(
            "{\"" + "x".repeat(1_000_001) + "\":{}}",
            0,
            "header: strings must be at most 1000000 characters"),
        // Entries.
        broken("{" + A + "," + A + "}", 8, "header: field a must be there once, got it twice"),
        broken(
            "{" + A + "," + A.replace("\"a\"", "\"\\u0061\"") + "}",
            8,
            "header: field a must be there once, got it twice"),
        broken(
            "{\"__metadata__\":{},\"__metadata__\":{}}",
            0,
            "header: field __metadata__ must be there once, got it twice"),
        broken("{\"a\":[]}", 0, "tensor a must be an object, got an array"),
        broken("{\"a\":{}}", 0, "tensor a: must have dtype, shape and data_offsets, got no dtype"),
        broken(
            "{\"a\":{\"dtype\":\"F32\"}}",
            0,
            "tensor a: must have dtype, shape and data_offsets, got no shape"),
        broken(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}",
            0,
            "tensor a: must have dtype, shape and data_offsets, got no data_offsets"),
        broken(
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
            0,
            "tensor a: field dtype must be there once, got it twice"),
        broken(
            "{\"a\":{\"strides\":[1]}}",
            0,
            "tensor a: must have no fields but dtype, shape and data_offsets, got strides"),
        broken(
            "{\"" + "x".repeat(1_025) + "\":{}}",
            0,
            "tensor " + "x".repeat(200) + "…: name must have at most 1024 characters, got 1025"),
        broken("{\"\\ud800\\n\":{}}", 0, "header is not valid JSON at $."),
        broken(
            "{\"\\u0007\u202e\":[]}", 0, "tensor \\u0007\\u202e must be an object, got an array"),
        broken(entries(100_001), 0, "must have at most 100000 tensors"),
        // Types and shapes.
        broken(
            one("f32", "[2]", "[0,8]"), 8, "tensor a: dtype must be one of " + TYPES + ", got f32"),
        broken("{\"a\":{\"dtype\":32}}", 0, "tensor a: dtype must be a string, got a number"),
        broken(one("F32", "{}", "[0,8]"), 8, "tensor a: shape must be an array, got an object"),
        broken(
            one("F32", "[\"2\"]", "[0,8]"),
            8,
            "tensor a: shape must be whole numbers, got a string"),
        broken(
            one("F32", "[-2]", "[0,8]"),
            8,
            "tensor a: shape must be whole numbers in [0..9223372036854775807], got -2"),
        broken(
            one("F32", "[2.0]", "[0,8]"),
            8,
            "tensor a: shape must be whole numbers in [0..9223372036854775807], got 2.0"),
        broken(
            one("F32", "[2e0]", "[0,8]"),
            8,
            "tensor a: shape must be whole numbers in [0..9223372036854775807], got 2e0"),
        broken(
            one("F32", "[9223372036854775808]", "[0,8]"),
            8,
            "tensor a: shape must be whole numbers in [0..9223372036854775807], got"
                + " 9223372036854775808"),
        broken(
            one("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]"),
            8,
            "tensor a: shape must have at most 16 numbers"),
        broken(
            one("F32", "[4294967296,4294967296]", "[0,0]"),
            0,
            "tensor a: shape [4294967296, 4294967296] of F32 must be at most 9223372036854775807"
                + " bits"),
        broken(
            one("F32", "[0,4294967296,4294967296]", "[0,0]"),
            0,
            "tensor a: shape [0, 4294967296, 4294967296] of F32 must be at most"
                + " 9223372036854775807 bits"),
        broken(
            one("F4", "[3]", "[0,2]"),
            2,
            "tensor a: shape [3] of F4 must fill whole bytes, got 12 bits"),
        broken(
            one("F6_E2M3", "[2,3]", "[0,5]"),
            5,
            "tensor a: shape [2, 3] of F6_E2M3 must fill whole bytes, got 36 bits"),
        // Offsets.
        broken(
            one("F32", "[2]", "[0]"),
            8,
            "tensor a: data_offsets must be a begin and an end ≥ begin, got [0]"),
        broken(
            one("F32", "[2]", "[0,8,16]"), 8, "tensor a: data_offsets must have at most 2 numbers"),
        broken(
            one("F32", "[2]", "[8,0]"),
            8,
            "tensor a: data_offsets must be a begin and an end ≥ begin, got [8, 0]"),
        broken(
            one("F32", "[2]", "[-8,0]"),
            8,
            "tensor a: data_offsets must be whole numbers in [0..4611686018427387904], got -8"),
        broken(
            one("F32", "[2]", "[0,9223372036854775807]"),
            8,
            "tensor a: data_offsets must be whole numbers in [0..4611686018427387904], got"
                + " 9223372036854775807"),
        broken(
            one("F32", "[2]", "[4,12]"),
            12,
            "tensor a: data must leave no hole: must begin at 0, the first byte, got 4"),
        broken(
            "{" + A + "," + RawFile.entry("b", "U8", "[2]", "[9,11]") + "}",
            11,
            "tensor b: data must leave no hole: must begin at 8, after tensor a, got 9"),
        broken(
            "{" + A + "," + RawFile.entry("b", "U8", "[2]", "[7,9]") + "}",
            9,
            "tensor b: data must not overlap: must begin at 8, after tensor a, got 7"),
        broken(
            "{" + A + "," + RawFile.entry("b", "F32", "[2]", "[0,8]") + "}",
            8,
            "tensor b: data must not overlap: must begin at 8, after tensor a, got 0"),
        broken(
            one("F32", "[3]", "[0,8]"),
            8,
            "tensor a: data_offsets must span the 12 bytes of shape [3] of F32, got 8"),
        broken("{" + A + "}", 7, "is truncated: must be 70 bytes, got 69"),
        broken("{" + A + "}", 9, "has trailing bytes: must be 70 bytes, got 71"),
        broken("{}", 1, "has trailing bytes: must be 10 bytes, got 11"),
        // Metadata.
        broken("{\"__metadata__\":[]}", 0, "__metadata__ must be an object, got an array"),
        broken(
            "{\"__metadata__\":{\"format\":1}}",
            0,
            "__metadata__: value of format must be a string, got a number"),
        broken(
            "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
            0,
            "__metadata__: field a must be there once, got it twice"),
        broken(
            "{\"__metadata__\":{\"a\":\"\\udfff\"}}",
            0,
            "header is not valid JSON at $.__metadata__.a"),
        broken(
            "{\"__metadata__\":" + strings(10_001, "") + "}",
            0,
            "__metadata__: must have at most 10000 entries"),
        broken(
            "{\"__metadata__\":" + strings(11, "x".repeat(999_999)) + "}",
            0,
            "__metadata__: must have at most 10000000 characters"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("brokenHeaders")
  void brokenHeader_isRefused(String header, int dataBytes, String message) {
    Path file = write(header, dataBytes);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": " + message);
  }

  static Stream<Arguments> brokenFiles() {
    return Stream.of(
        Arguments.of(new byte[0], "must be at least 8 bytes, got 0"),
        Arguments.of(new byte[7], "must be at least 8 bytes, got 7"),
        Arguments.of(new byte[8], "header must start with '{', got nothing"),
        Arguments.of(
            RawFile.bytes(100_000_001, new byte[0], 0),
            "header must be at most 100000000 bytes, got 100000001"),
        Arguments.of(
            RawFile.bytes(-1, new byte[0], 0),
            "header must be at most 100000000 bytes, got 18446744073709551615"),
        Arguments.of(
            RawFile.bytes(100_000_000, new byte[2], 0),
            "is truncated: its header must end by byte 100000008, got a file of 10"),
        Arguments.of(
            RawFile.bytes("{\"\u00e9\":{}}".getBytes(StandardCharsets.ISO_8859_1), 0),
            "header must be UTF-8"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("brokenFiles")
  void brokenFile_isRefused(byte[] bytes, String message) {
    Path file = RawFile.write(directory.resolve("x.safetensors"), bytes);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void directory_isRefused() {
    assertThatThrownBy(() -> SafetensorsFile.read(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(directory + ": must be a regular file");
  }

  @Test
  void missingFile_isNamed() {
    Path file = directory.resolve("nowhere");

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("cannot read " + file + ": java.nio.file.NoSuchFileException: " + file);
  }

  @Test
  void asManyTensorsAsAllowed_areRead() {
    assertThat(SafetensorsFile.read(write(entries(100_000), 0))).hasSize(100_000);
  }

  private Path write(String header, int dataBytes) {
    return RawFile.write(directory.resolve("x.safetensors"), header, dataBytes);
  }

  private static Arguments broken(String header, int dataBytes, String message) {
    return Arguments.of(header, dataBytes, message);
  }

  private static String one(String dtype, String shape, String offsets) {
    return "{" + RawFile.entry("a", dtype, shape, offsets) + "}";
  }

  private static String entries(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> RawFile.entry("t" + i, "F32", "[0]", "[0,0]"))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String strings(int count, String value) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + i + "\":\"" + value + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
