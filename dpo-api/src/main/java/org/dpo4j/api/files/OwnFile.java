package org.dpo4j.api.files;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writing to files in a directory of one's own that others may have put links into: what a link
 * points to is never written to.
 *
 * <p>An interrupt leaves the streams open, since it is how a run is cancelled: {@link
 * Files#newOutputStream} sees to that.
 */
public final class OwnFile {

  /** A channel copies what it is given at once into memory beside the heap. */
  private static final int PIECE = 1 << 16;

  private OwnFile() {}

  /**
   * A new file, in place of one that is there; a link is replaced.
   *
   * @param file in a directory that exists
   * @return not buffered
   * @throws IOException if it can't be made
   */
  public static OutputStream create(Path file) throws IOException {
    Files.deleteIfExists(file);
    return inPieces(
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /**
   * The end of a file, which is made if it isn't there.
   *
   * @param file in a directory that exists
   * @return not buffered
   * @throws IOException if it can't be opened, or is a link
   */
  public static OutputStream append(Path file) throws IOException {
    requireOwn(file);
    return inPieces(
        Files.newOutputStream(
            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Writes a small file whole or not at all; a link is replaced. The file is not forced to the
   * disk.
   *
   * @param file in a directory that exists
   * @param content all of it
   * @throws IOException if it can't be written
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path aside = aside(file);
    try (OutputStream out = create(aside)) {
      out.write(content);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Where a file is written before it gets its name.
   *
   * @param file any
   * @return {@code .NAME.tmp} beside it
   */
  public static Path aside(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".tmp");
  }

  /**
   * Refuses what is there and is no plain file.
   *
   * @param file any
   * @throws FileSystemException if it is a link, a directory, a pipe …
   */
  public static void requireOwn(Path file) throws FileSystemException {
    if (Files.isSymbolicLink(file)) {
      throw new FileSystemException(
          file.toString(), null, "is a link, and nothing is written through one; take it away");
    }
    if (exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(file.toString(), null, "is no plain file; take it away");
    }
  }

  /**
   * Whether a name is taken, be it by a link to nothing.
   *
   * @param path any
   * @return true if there is something
   */
  public static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static OutputStream inPieces(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; done += PIECE) {
          out.write(bytes, from + done, Math.min(PIECE, length - done));
        }
      }
    };
  }
}
