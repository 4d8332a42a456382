package org.dpo4j.api.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/** A file of records, each a protocol buffer {@code Event} with the scalars of a step. */
final class EventFile {

  // Types of fields in protocol buffers.
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final Path file;
  private boolean begun;

  private EventFile(Path file) {
    this.file = file;
  }

  /** A new one, made when there is something to write. */
  static EventFile in(Path directory) {
    // TensorBoard reads the files of a directory in the order of their names.
    return new EventFile(
        directory.resolve(
            String.format(
                Locale.ROOT, "events.out.tfevents.%020d.dpo4j", System.currentTimeMillis())));
  }

  void append(int step, Map<String, Double> scalars) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (!begun) {
      record(records, event(0, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
      // A session that starts: what other files say from this step on is dropped.
      record(records, event(step, 7, new byte[] {1 << 3 | VARINT, 1}));
    }
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    scalars.forEach(
        (tag, value) -> {
          ByteArrayOutputStream scalar = new ByteArrayOutputStream();
          field(scalar, 1, tag.getBytes(StandardCharsets.UTF_8));
          key(scalar, 2, FIXED32);
          scalar.writeBytes(little(4).putFloat(value.floatValue()).array());
          field(summary, 1, scalar.toByteArray());
        });
    record(records, event(step, 5, summary.toByteArray()));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(
          file,
          records.toByteArray(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
    begun = true;
  }

  /** An event of which one field is set beside its time and its step. */
  private static byte[] event(int step, int field, byte[] content) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    key(event, 1, FIXED64);
    event.writeBytes(little(8).putDouble(System.currentTimeMillis() / 1000.0).array());
    key(event, 2, VARINT);
    varint(event, step);
    field(event, field, content);
    return event.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int field, byte[] content) {
    key(out, field, BYTES);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void key(ByteArrayOutputStream out, int field, int type) {
    varint(out, (field << 3) | type);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    for (; rest >= 1 << 7; rest >>>= 7) {
      out.write((rest & 0x7f) | 0x80);
    }
    out.write(rest);
  }

  /** A record as TFRecord has it: length, its checksum, content, its checksum. */
  private static void record(ByteArrayOutputStream out, byte[] content) {
    byte[] length = little(8).putLong(content.length).array();
    out.writeBytes(length);
    out.writeBytes(little(4).putInt(maskedChecksum(length)).array());
    out.writeBytes(content);
    out.writeBytes(little(4).putInt(maskedChecksum(content)).array());
  }

  /** Rotated and shifted, since a checksum of what holds checksums is a poor one. */
  static int maskedChecksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
