package org.dpo4j.torch.internal.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Files put together by hand, so that they can break the rules. */
final class RawFile {

  private RawFile() {}

  /** A file of a header and so many bytes of data: 0, 1, 2, … */
  static Path write(Path file, String header, int dataBytes) {
    return write(file, bytes(header.getBytes(StandardCharsets.UTF_8), dataBytes));
  }

  static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(byte[] header, int dataBytes) {
    return bytes(header.length, header, dataBytes);
  }

  static byte[] bytes(long statedLength, byte[] header, int dataBytes) {
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(statedLength).put(header);
    for (int i = 0; i < dataBytes; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  static TensorEntry tensor(Path file, String name) {
    return Objects.requireNonNull(SafetensorsFile.read(file).get(name));
  }

  /** The header's entry of one tensor. */
  static String entry(String name, String dtype, String shape, String offsets) {
    return String.format(
        Locale.ROOT,
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}",
        name,
        dtype,
        shape,
        offsets);
  }
}
