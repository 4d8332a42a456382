package org.dpo4j.api;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dpo4j.api.files.OwnFile;

/** The default file system. */
record SystemDisk() implements Disk {

  @Override
  public void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = Disk.directoryOf(directory);
    makeDirectory(parent);
    Files.createDirectory(directory);
    syncDirectory(parent);
  }

  @Override
  public OutputStream create(Path file) throws IOException {
    return OwnFile.create(file);
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    return OwnFile.append(file);
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    OwnFile.requireOwn(file);
    uninterrupted(file, StandardOpenOption.WRITE, channel -> channel.truncate(length));
  }

  @Override
  public void sync(Path file) throws IOException {
    OwnFile.requireOwn(file);
    uninterrupted(file, StandardOpenOption.WRITE, channel -> channel.force(true));
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    // Windows cannot open a directory, and keeps renames in its journal.
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    uninterrupted(directory, StandardOpenOption.READ, channel -> channel.force(true));
  }

  /** What is done to an open file; may be done twice. */
  @FunctionalInterface
  private interface Deed {
    void on(FileChannel channel) throws IOException;
  }

  private static void uninterrupted(Path path, OpenOption how, Deed deed) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (!done(path, how, deed)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** False if an interrupt came in between. */
  private static boolean done(Path path, OpenOption how, Deed deed) throws IOException {
    // A run's directory may be a link; the files in it may not.
    Set<OpenOption> options =
        how == StandardOpenOption.READ ? Set.of(how) : Set.of(how, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = FileChannel.open(path, options)) {
      deed.on(channel);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public InputStream read(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // A pipe would be waited for.
      throw new FileSystemException(file.toString(), null, "is no plain file");
    }
    return new BufferedInputStream(new FileInputStream(file.toFile()));
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> inside = Files.list(directory)) {
      return inside.sorted().toList();
    }
  }
}
