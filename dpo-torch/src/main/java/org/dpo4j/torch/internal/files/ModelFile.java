package org.dpo4j.torch.internal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.dpo4j.core.math.Check;

/**
 * Which files a model's or an adapter's directory may hold, one rule for weights, configuration,
 * tokenizer and templates: regular files, and links to regular files of the directory or, in a
 * snapshot of a Hugging Face cache, of the cache's blobs. A directory is often somebody else's: a
 * link out of it would bring whatever it leads to into prompts and answers, and a pipe or a device
 * would never end.
 */
public final class ModelFile {

  private ModelFile() {}

  /**
   * Whether a directory has an entry, be it a link that leads nowhere.
   *
   * @param file the entry
   * @return whether it is there
   */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Refuses what the rule does not allow.
   *
   * @param directory the model's
   * @param file of it, be it in a folder inside
   * @throws IllegalArgumentException if it is there and is no regular file, or a link to outside or
   *     to nothing
   * @throws UncheckedIOException if that cannot be found out
   */
  public static void check(Path directory, Path file) {
    if (!isThere(file)) {
      return;
    }
    Check.that(Files.exists(file), "%s: must not be a link to nothing", file);
    try {
      Check.that(
          isOf(directory, file),
          "%s: must not be a link to outside of its directory, got one to %s",
          file,
          file.toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
    Check.that(Files.isRegularFile(file), "%s: must be a regular file", file);
  }

  /**
   * Whether a file is of a directory, and is no link to outside of it other than to the blobs of a
   * Hugging Face cache.
   *
   * @param directory the model's
   * @param file a file that is there
   * @return whether it is in the directory once all links are followed
   * @throws UncheckedIOException if that cannot be found out
   */
  public static boolean isOf(Path directory, Path file) {
    try {
      Path real = file.toRealPath();
      Path home = directory.toRealPath();
      return real.startsWith(home) || isBlob(home, real);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  /**
   * Whether a file is of the cache {@code models--…}, where {@code snapshots/REVISION} links to.
   */
  private static boolean isBlob(Path directory, Path file) {
    Path snapshots = directory.getParent();
    return snapshots != null
        && snapshots.endsWith("snapshots")
        && file.startsWith(snapshots.resolveSibling("blobs"));
  }
}
