package org.dpo4j.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.files.OwnFile;

/**
 * What a recorded run does to files: a seam, so that tests can make each of it fail. An interrupted
 * thread works on, since an interrupt is how a run is cancelled, and a cancelled run has a last
 * checkpoint to write.
 */
interface Disk {

  /** Makes a directory with those above it, if it isn't there. */
  void makeDirectory(Path directory) throws IOException;

  /** A new file, in place of a file or a link that is there; not buffered. */
  OutputStream create(Path file) throws IOException;

  /** The end of a file, made if it isn't there; not buffered. A link is refused. */
  OutputStream append(Path file) throws IOException;

  /** Drops what is beyond a length. A link is refused. */
  void cut(Path file, long length) throws IOException;

  /** Sees to it that a file's content survives a loss of power. */
  void sync(Path file) throws IOException;

  /** Sees to it that the names in a directory survive a loss of power. */
  void syncDirectory(Path directory) throws IOException;

  /** Renames at once; a file that is there is replaced, a directory is not. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file, a link, or a directory with nothing in it. */
  void delete(Path path) throws IOException;

  /** A file's bytes, buffered. */
  InputStream read(Path file) throws IOException;

  /** What is in a directory, sorted by name. */
  List<Path> list(Path directory) throws IOException;

  /** Deletes a file, or a directory with all in it. Of a link, the link and nothing behind it. */
  default void deleteAll(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path inside : list(path)) {
        deleteAll(inside);
      }
    }
    delete(path);
  }

  /** Writes a small file whole or not at all. */
  default void replace(Path file, byte[] content) throws IOException {
    Path aside = OwnFile.aside(file);
    try (OutputStream out = create(aside)) {
      out.write(content);
    }
    sync(aside);
    rename(aside, file);
    syncDirectory(directoryOf(file));
  }

  /** The directory a file is in. */
  static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }
}
