package org.dpo4j.api.data.records;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;

/**
 * What a path names: a file, or the shards of a folder.
 *
 * @param read the files to read, in order
 * @param leftOut data files of the folder that belong to another part
 */
public record RecordFiles(ImmutableList<Path> read, ImmutableList<Path> leftOut) {

  /** The name of a shard as the Hub has them: {@code train_prefs-00000-of-00002.parquet}. */
  private static final Pattern SHARD = Pattern.compile("(.+)-\\d+-of-\\d+\\..+");

  /**
   * The files to read.
   *
   * @param path a file, which is read whatever its name; or a folder whose data files are shards of
   *     one data set. Files whose names begin with a dot or an underscore, files of other kinds and
   *     folders inside are left out, and so are those that are named as another part than asked for
   * @param part for training, files named {@code test}, {@code validation} and the like are left
   *     out; for what is held out only they are read, if there are any
   * @return the file itself, or the shards in the order of their names
   * @throws IllegalArgumentException if there is no such path, or the folder has no shards, shards
   *     of several kinds or splits, or for training none but held-out ones
   * @throws UncheckedIOException if the folder can't be read
   */
  public static RecordFiles at(Path path, Part part) {
    Check.that(Files.exists(path), "%s: there is no such file or folder", path);
    if (!Files.isDirectory(path)) {
      return new RecordFiles(ImmutableList.of(path), ImmutableList.of());
    }
    ImmutableList<Path> all = shards(path);
    ImmutableList<Path> heldOut = filter(all, true);
    RecordFiles found =
        part == Part.HELD_OUT && !heldOut.isEmpty()
            ? new RecordFiles(heldOut, filter(all, false))
            : new RecordFiles(filter(all, false), heldOut);
    Check.that(
        !found.read().isEmpty(),
        "%s: has only files of held-out parts (%s), which are not learnt from; name a file to read it",
        path,
        names(all));
    requireAlike(path, found.read());
    return found;
  }

  private static ImmutableList<Path> shards(Path folder) {
    ImmutableList<Path> shards;
    ImmutableList<Path> folders;
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> sorted = entries.sorted(Comparator.comparing(RecordFiles::name)).toList();
      shards =
          sorted.stream().filter(RecordFiles::isShard).collect(ImmutableList.toImmutableList());
      folders =
          sorted.stream()
              .filter(entry -> Files.isDirectory(entry) && !name(entry).startsWith("."))
              .collect(ImmutableList.toImmutableList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
    }
    Check.that(
        !shards.isEmpty(),
        "%s: the folder must have at least one data file (%s), got none%s",
        folder,
        FileKind.ENDINGS,
        folders.isEmpty() ? "" : "; folders inside are not read, name one of " + folders);
    return shards;
  }

  private static void requireAlike(Path folder, List<Path> files) {
    List<String> kinds = files.stream().map(RecordFiles::kind).distinct().toList();
    Check.that(
        kinds.size() == 1,
        "%s: shards must be of one kind, got %s; name the files to read",
        folder,
        kinds);
    List<Matcher> shards = files.stream().map(file -> SHARD.matcher(name(file))).toList();
    if (shards.stream().allMatch(Matcher::matches)) {
      List<String> splits = shards.stream().map(shard -> shard.group(1)).distinct().toList();
      Check.that(
          splits.size() == 1,
          "%s: shards must be of one split, got %s; name the files to read",
          folder,
          splits);
    }
  }

  private static ImmutableList<Path> filter(List<Path> files, boolean heldOut) {
    return files.stream()
        .filter(file -> Part.isHeldOut(name(file)) == heldOut)
        .collect(ImmutableList.toImmutableList());
  }

  private static boolean isShard(Path file) {
    return Files.isRegularFile(file)
        && !name(file).startsWith(".")
        && !name(file).startsWith("_")
        && (FileKind.of(file).isPresent() || Tables.isTable(file));
  }

  private static String kind(Path shard) {
    return FileKind.of(shard).map(FileKind::toString).orElse("tables");
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(RecordFiles::name).toList());
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
