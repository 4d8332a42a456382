package org.dpo4j.api;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dpo4j.api.files.OwnFile;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second run out of a directory, until it is closed or its process ends.
 *
 * <p>The system's lock is on a file, and goes with it: where somebody deletes {@code run.lock},
 * another run can come in. So the run that had it asks {@link #requireHeld} before it writes
 * anything.
 */
final class RunLock implements AutoCloseable {

  static final String FILE = "run.lock";

  /** Directories in use by this process, for which the system's locks are not made. */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path real;
  private final FileChannel channel;

  /** Which file it is, whatever its name; empty where the system can't tell. */
  private final Optional<Object> key;

  private RunLock(Path real, FileChannel channel, Optional<Object> key) {
    this.real = real;
    this.channel = channel;
    this.key = key;
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
      Path file = real.resolve(FILE);
      OwnFile.requireOwn(file);
      // A channel that does nothing but hold a lock is not closed by an interrupt.
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      try {
        Optional<Object> key = key(file);
        if (channel.tryLock() == null || !key(file).equals(key)) {
          throw inUse(directory);
        }
        return new RunLock(real, channel, key);
      } catch (OverlappingFileLockException e) {
        channel.close();
        throw inUse(directory);
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      IN_USE.remove(real);
      throw e;
    }
  }

  private static Optional<Object> key(Path file) throws IOException {
    return Optional.ofNullable(
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
  }

  private static IllegalStateException inUse(Path directory) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "another run is in %s; wait for its end, or name another directory",
            directory));
  }

  /**
   * Refuses to go on where the lock keeps nobody out any more.
   *
   * @throws IOException if its file was deleted or replaced
   */
  void requireHeld() throws IOException {
    Optional<Object> now;
    try {
      now = key(real.resolve(FILE));
    } catch (NoSuchFileException e) {
      throw lost(e);
    }
    if (!now.equals(key)) {
      throw lost(null);
    }
  }

  private static IOException lost(@Nullable Exception cause) {
    return new IOException(
        FILE + " was deleted or replaced, so that another run may be in the directory", cause);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      IN_USE.remove(real);
    }
  }
}
