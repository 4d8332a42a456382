package org.dpo4j.examples.cli;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Whether what {@code --out} names can be written, found out before hours of work. */
final class WhereTo {

  private WhereTo() {}

  /** A file that is there or can be made. */
  static void requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw refused(file, "a file, and is a folder");
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    if (!Files.isDirectory(folder)) {
      throw refused(file, "a file in a folder that is there, and " + folder + " is none");
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw refused(file, "a file that can be written, and it can't");
    }
    requireWritable(file, folder);
  }

  /** A folder that is there or can be made. */
  @CanIgnoreReturnValue
  static Path requireDirectory(Path directory) {
    Path there = directory.toAbsolutePath();
    while (!Files.exists(there)) {
      there = Objects.requireNonNull(there.getParent());
    }
    if (!Files.isDirectory(there)) {
      throw refused(directory, "a folder, and " + there + " is a file");
    }
    requireWritable(directory, there);
    return directory;
  }

  /** Rights alone don't tell: the system may not let a folder be written for other reasons. */
  private static void requireWritable(Path out, Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, ".dpo", null));
    } catch (IOException e) {
      String why =
          Optional.of(e)
              .filter(FileSystemException.class::isInstance)
              .map(refusal -> ((FileSystemException) refusal).getReason())
              .orElse("no right to");
      throw refused(out, "where something can be written, and " + folder + " can't: " + why);
    }
  }

  private static IllegalArgumentException refused(Path out, String why) {
    return new IllegalArgumentException("--out must be " + why + ", got " + out);
  }
}
