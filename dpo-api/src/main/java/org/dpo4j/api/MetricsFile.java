package org.dpo4j.api;

import com.google.common.io.ByteStreams;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OwnFile;

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

    static final Mark START = new Mark(0, hex(newDigest()));
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

  /** The beginning of a file that is what it was: how far it goes, and its digest so far. */
  record Kept(Mark mark, MessageDigest digest) {

    static final Kept NOTHING = new Kept(Mark.START, newDigest());
  }

  /**
   * Checks the beginning of a file.
   *
   * @throws IOException if it isn't what the mark says
   */
  static Kept check(Disk disk, Path directory, Mark mark) throws IOException {
    if (mark.bytes() == 0) {
      return Kept.NOTHING;
    }
    MessageDigest digest = newDigest();
    long read;
    try (InputStream in = disk.read(directory.resolve(FILE))) {
      read =
          ByteStreams.exhaust(new DigestInputStream(ByteStreams.limit(in, mark.bytes()), digest));
    }
    if (read < mark.bytes() || !hex(digest).equals(mark.sha256())) {
      throw new IOException(
          String.format(
              Locale.ROOT, "the first %d bytes of %s are not what they were", mark.bytes(), FILE));
    }
    return new Kept(mark, digest);
  }

  /** What is done with each line. */
  @FunctionalInterface
  interface Lines {
    void next(JsonFields line) throws IOException;
  }

  /**
   * Reads the lines of the beginning of a file, one after the other: all of them together may be
   * more than memory holds.
   */
  static void read(Disk disk, Path directory, Kept kept, Lines lines) throws IOException {
    if (kept.mark().bytes() == 0) {
      return;
    }
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                ByteStreams.limit(disk.read(directory.resolve(FILE)), kept.mark().bytes()),
                StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        lines.next(JsonFields.parse(line, FILE + ":" + number));
      }
    }
  }

  /** Goes on after what is kept; what follows it is cut off. */
  static MetricsFile after(Disk disk, Path directory, Kept kept) throws IOException {
    Path file = directory.resolve(FILE);
    long bytes = kept.mark().bytes();
    boolean isNew = !OwnFile.exists(file);
    if (!isNew) {
      disk.cut(file, bytes);
    }
    OutputStream out = disk.append(file);
    if (isNew) {
      disk.syncDirectory(directory);
    }
    return new MetricsFile(disk, file, out, clone(kept.digest()), bytes);
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
    return new Mark(bytes, hex(digest));
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(clone(digest).digest());
  }

  private static MessageDigest clone(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
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
