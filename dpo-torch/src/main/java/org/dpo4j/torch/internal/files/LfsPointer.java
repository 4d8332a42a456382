package org.dpo4j.torch.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What stands where a large file should be, in a repository that was cloned without Git LFS: a few
 * lines that say where the file is to be had.
 */
public final class LfsPointer {

  private static final byte[] BEGINNING =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  private LfsPointer() {}

  /**
   * Refuses such a file.
   *
   * @param file any file that is there
   * @throws IllegalArgumentException if it is a pointer; the message says what to do
   * @throws IOException if it can't be read
   */
  public static void refuse(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      if (Arrays.equals(in.readNBytes(BEGINNING.length), BEGINNING)) {
        throw new IllegalArgumentException(
            file + " is a Git LFS pointer and not the file itself; run git lfs pull in its folder");
      }
    }
  }
}
