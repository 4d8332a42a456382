package org.dpo4j.torch.internal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file so that its name always stands for the whole old content or the whole new content:
 * into a hidden temporary file beside it, which is forced to disk and then renamed. A process that
 * is killed meanwhile leaves the temporary file ({@code .NAME.….tmp}), nothing else.
 *
 * <p>A symbolic link at the name is replaced, not followed.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /** What a file shall hold. */
  public interface Content {

    /**
     * Writes the content, once.
     *
     * @param out takes all remaining bytes of a buffer in one call; need not be closed
     * @throws IOException if it cannot be written
     */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /**
   * Writes a file, replacing one that is there.
   *
   * @param file in a directory that exists
   * @param content what to write. What it throws other than an {@link IOException} comes through as
   *     it is
   * @throws UncheckedIOException if it cannot be written; the message names the file. What was
   *     there before is then still there, and the temporary file is gone
   */
  public static void write(Path file, Content content) {
    Path directory = parent(file);
    Path temporary = directory.resolve(temporaryName(file));
    try {
      try {
        writeForced(temporary, content);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException | RuntimeException | Error e) {
        delete(temporary, e);
        throw e;
      }
      force(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }

  /**
   * Writes a text as UTF-8, replacing a file that is there.
   *
   * @param file in a directory that exists
   * @param text what to write
   * @throws UncheckedIOException if it cannot be written, as for {@link #write}
   */
  public static void writeText(Path file, String text) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    write(file, out -> out.write(bytes.duplicate()));
  }

  /**
   * Makes a directory with those above it, and forces their names to disk. Nothing happens if it is
   * there.
   *
   * @param directory what shall be there
   * @throws UncheckedIOException if it cannot be made
   */
  public static void createDirectories(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    try {
      Files.createDirectories(directory);
      force(parent(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the directory " + directory + ": " + e, e);
    }
  }

  private static void writeForced(Path temporary, Content content) throws IOException {
    // Not Files.createTempFile, whose files only their owner may read.
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(new WholeWrites(channel));
      channel.force(true);
    }
  }

  private static void force(Path directory) throws IOException {
    // Windows cannot open a directory, and keeps renames in its journal.
    if (!System.getProperty("os.name", "").startsWith("Windows")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void delete(Path temporary, Throwable reason) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static String temporaryName(Path file) {
    return String.format(
        Locale.ROOT, ".%s.%016x.tmp", file.getFileName(), ThreadLocalRandom.current().nextLong());
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + ": must be below a directory");
    }
    return parent;
  }

  /** A channel that writes all it is given, and that only its owner closes. */
  private record WholeWrites(FileChannel channel) implements WritableByteChannel {

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int count = bytes.remaining();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() {}
  }
}
