package org.dpo4j.api;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a second run out of a directory, until it is closed or its process ends. */
final class RunLock implements AutoCloseable {

  static final String FILE = "run.lock";

  /** Directories in use by this process, for which the system's locks are not made. */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path real;
  private final RandomAccessFile file;

  private RunLock(Path real, RandomAccessFile file) {
    this.real = real;
    this.file = file;
  }

  /**
   * Locks a directory.
   *
   * @throws IllegalStateException if another run is in it
   */
  static RunLock in(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!IN_USE.add(real)) {
      throw inUse(directory);
    }
    try {
      RandomAccessFile file = new RandomAccessFile(real.resolve(FILE).toFile(), "rw");
      try {
        if (file.getChannel().tryLock() == null) {
          throw inUse(directory);
        }
        return new RunLock(real, file);
      } catch (OverlappingFileLockException e) {
        file.close();
        throw inUse(directory);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      IN_USE.remove(real);
      throw e;
    }
  }

  private static IllegalStateException inUse(Path directory) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "another run is in %s; wait for its end, or name another directory",
            directory));
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      IN_USE.remove(real);
    }
  }
}
