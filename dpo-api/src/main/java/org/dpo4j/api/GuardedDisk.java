package org.dpo4j.api;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk that a run writes to only while its directory is its own. Asking costs a microsecond or
 * two.
 */
record GuardedDisk(Disk disk, RunLock lock) implements Disk {

  @Override
  public void makeDirectory(Path directory) throws IOException {
    lock.requireHeld();
    disk.makeDirectory(directory);
  }

  @Override
  public OutputStream create(Path file) throws IOException {
    lock.requireHeld();
    return disk.create(file);
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    lock.requireHeld();
    return new FilterOutputStream(disk.append(file)) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        lock.requireHeld();
        out.write(bytes, from, length);
      }
    };
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    lock.requireHeld();
    disk.cut(file, length);
  }

  @Override
  public void sync(Path file) throws IOException {
    disk.sync(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    lock.requireHeld();
    disk.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    lock.requireHeld();
    disk.delete(path);
  }

  @Override
  public InputStream read(Path file) throws IOException {
    return disk.read(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return disk.list(directory);
  }
}
