package org.dpo4j.api;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * The real disk of a process that dies at one of its operations: before it, after it, or within a
 * write. From then on nothing is done to it.
 */
final class DyingDisk implements Disk {

  /** A process that is gone: no exception that anything could handle. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;

    Death(String operation) {
      super("died at " + operation);
    }
  }

  private static final Disk SYSTEM = new SystemDisk();

  private final int last;
  private final Random random;
  private int operations;

  /**
   * A disk to die at.
   *
   * @param last which operation is the last, from 1
   * @param random how much of it is done
   */
  DyingDisk(int last, Random random) {
    this.last = last;
    this.random = random;
  }

  @FunctionalInterface
  private interface Operation<T> {
    T run() throws IOException;
  }

  private <T> T live(String name, Path path, Operation<T> operation) throws IOException {
    operations++;
    String shown = name + " " + path.getFileName();
    if (operations > last || (operations == last && random.nextBoolean())) {
      throw new Death(shown);
    }
    T done = operation.run();
    if (operations == last) {
      if (done instanceof OutputStream out) {
        out.close();
      }
      throw new Death(shown + ", done");
    }
    return done;
  }

  private void act(String name, Path path, Runs operation) throws IOException {
    live(
        name,
        path,
        () -> {
          operation.run();
          return this;
        });
  }

  @FunctionalInterface
  private interface Runs {
    void run() throws IOException;
  }

  private OutputStream mortal(Path file, OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        operations++;
        if (operations >= last) {
          out.write(bytes, from, operations > last ? 0 : random.nextInt(length + 1));
          throw new Death("write " + file.getFileName());
        }
        out.write(bytes, from, length);
      }
    };
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    act("make", directory, () -> SYSTEM.makeDirectory(directory));
  }

  @Override
  public OutputStream create(Path file) throws IOException {
    return mortal(file, live("create", file, () -> SYSTEM.create(file)));
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    return mortal(file, live("append", file, () -> SYSTEM.append(file)));
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    act("cut", file, () -> SYSTEM.cut(file, length));
  }

  @Override
  public void sync(Path file) throws IOException {
    act("sync", file, () -> SYSTEM.sync(file));
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    act("sync directory", directory, () -> SYSTEM.syncDirectory(directory));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    act("rename", to, () -> SYSTEM.rename(from, to));
  }

  @Override
  public void delete(Path path) throws IOException {
    act("delete", path, () -> SYSTEM.delete(path));
  }

  @Override
  public InputStream read(Path file) throws IOException {
    act("read", file, () -> {});
    return SYSTEM.read(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return live("list", directory, () -> SYSTEM.list(directory));
  }
}
