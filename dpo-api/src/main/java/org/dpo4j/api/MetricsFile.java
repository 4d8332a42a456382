package org.dpo4j.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** A run's lines of JSON, written as they come. Knows at any time what a checkpoint says of it. */
final class MetricsFile implements AutoCloseable {

  static final String FILE = "metrics.jsonl";

  /**
   * The first part of a file.
   *
   * @param bytes its length
   * @param sha256 of these bytes
   */
  record Mark(long bytes, String sha256) {

    static final Mark START = new Mark(0, HexFormat.of().formatHex(newDigest().digest()));
  }

  private final Disk disk;
  private final Path file;
  private final OutputStream out;
  private final MessageDigest digest;
  private long bytes;

  private MetricsFile(Disk disk, Path file, OutputStream out, MessageDigest digest, long bytes) {
    this.disk = disk;
    this.file = file;
    this.out = out;
    this.digest = digest;
    this.bytes = bytes;
  }

  /**
   * The beginning of a file, as text.
   *
   * @throws IOException if it isn't what the mark says
   */
  static String read(Disk disk, Path directory, Mark mark) throws IOException {
    Path file = directory.resolve(FILE);
    if (mark.bytes() == 0) {
      return "";
    }
    try (InputStream in = disk.read(file)) {
      byte[] read = in.readNBytes(Math.toIntExact(mark.bytes()));
      if (read.length < mark.bytes()
          || !HexFormat.of().formatHex(newDigest().digest(read)).equals(mark.sha256())) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the first %d bytes of %s are not what they were",
                mark.bytes(),
                FILE));
      }
      return new String(read, StandardCharsets.UTF_8);
    }
  }

  /** The lines of a text that {@link #read} gave. */
  static List<JsonObject> lines(String text) {
    return text.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  /** Goes on after a text that {@link #read} gave; what follows it is cut off. */
  static MetricsFile after(Disk disk, Path directory, String text) throws IOException {
    Path file = directory.resolve(FILE);
    byte[] kept = text.getBytes(StandardCharsets.UTF_8);
    boolean isNew = !Files.exists(file);
    if (!isNew) {
      disk.cut(file, kept.length);
    }
    OutputStream out = disk.append(file);
    if (isNew) {
      disk.syncDirectory(directory);
    }
    MessageDigest digest = newDigest();
    digest.update(kept);
    return new MetricsFile(disk, file, out, digest, kept.length);
  }

  /** Writes a line, which a process that is killed after this leaves behind. */
  void append(JsonObject line) throws IOException {
    byte[] written = (line + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(written);
    digest.update(written);
    bytes += written.length;
  }

  /** All lines so far, forced to the disk. */
  Mark mark() throws IOException {
    disk.sync(file);
    try {
      MessageDigest soFar = (MessageDigest) digest.clone();
      return new Mark(bytes, HexFormat.of().formatHex(soFar.digest()));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
