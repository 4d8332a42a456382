package org.dpo4j.api.data.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.core.math.Check;

/**
 * Copies what is compressed, within bounds: a small file may become anything.
 *
 * @param file what is compressed, for messages
 * @param copy where to
 * @param maxBytes the most it may become
 */
record Unpacking(Path file, Path copy, long maxBytes) {

  /** So much stays free, or a twentieth of a small disk. */
  private static final long MAX_KEPT_FREE = 256L << 20;

  private static final int CHUNK = 1 << 20;

  /**
   * Copies.
   *
   * @throws IllegalArgumentException if there would be more than allowed, or the disk would be full
   */
  void copy(InputStream in) throws IOException {
    FileStore disk = Files.getFileStore(copy.toAbsolutePath().resolveSibling("."));
    requireFree(disk, Files.size(file));
    long written = 0;
    try (OutputStream out = Files.newOutputStream(copy)) {
      byte[] chunk = new byte[CHUNK];
      for (int read = in.readNBytes(chunk, 0, CHUNK);
          read > 0;
          read = in.readNBytes(chunk, 0, CHUNK)) {
        written += read;
        Check.that(
            written <= maxBytes,
            "%s: becomes more than %d bytes when it is unpacked; if it is meant to, unpack it"
                + " yourself, or allow more with maxUnpackedBytes",
            file,
            maxBytes);
        requireFree(disk, read);
        out.write(chunk, 0, read);
      }
    }
  }

  private void requireFree(FileStore disk, long more) throws IOException {
    long free = disk.getUsableSpace() - Math.min(MAX_KEPT_FREE, disk.getTotalSpace() / 20);
    Check.that(
        more <= free,
        "%s: there is no room to unpack it to %s; name a folder with more with temporaryFolder, or"
            + " set java.io.tmpdir",
        file,
        copy);
  }
}
