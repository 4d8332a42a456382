package org.dpo4j.api;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** The real disk, some of whose operations fail. A write that fails has written half of it. */
final class FailingDisk implements Disk {

  /** What was done, in order, whether or not it failed. */
  final List<String> operations = new ArrayList<>();

  private static final Disk SYSTEM = new SystemDisk();

  private final IntPredicate fails;

  /** Fails at operations of some numbers, from 1. */
  FailingDisk(IntPredicate fails) {
    this.fails = fails;
  }

  private boolean failsNext(String operation, Path path) {
    operations.add(operation + " " + path.getFileName());
    return fails.test(operations.size());
  }

  private void live(String operation, Path path) throws IOException {
    if (failsNext(operation, path)) {
      throw failure(path);
    }
  }

  private static IOException failure(Path path) {
    return new IOException(path.getFileName() + ": the disk has failed");
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    live("make", directory);
    SYSTEM.makeDirectory(directory);
  }

  @Override
  public OutputStream create(Path file) throws IOException {
    live("create", file);
    return failing(file, SYSTEM.create(file));
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    live("append", file);
    return failing(file, SYSTEM.append(file));
  }

  private OutputStream failing(Path file, OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        boolean failed = failsNext("write", file);
        out.write(bytes, from, failed ? length / 2 : length);
        if (failed) {
          throw failure(file);
        }
      }

      @Override
      public void close() throws IOException {
        out.close();
        live("close", file);
      }
    };
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    live("cut", file);
    SYSTEM.cut(file, length);
  }

  @Override
  public void sync(Path file) throws IOException {
    live("sync", file);
    SYSTEM.sync(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    live("sync directory", directory);
    SYSTEM.syncDirectory(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    live("rename", to);
    SYSTEM.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    live("delete", path);
    SYSTEM.delete(path);
  }

  @Override
  public InputStream read(Path file) throws IOException {
    live("read", file);
    return SYSTEM.read(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    live("list", directory);
    return SYSTEM.list(directory);
  }
}
