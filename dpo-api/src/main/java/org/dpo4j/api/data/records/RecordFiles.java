package org.dpo4j.api.data.records;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;

/** What a path names: a file, or a folder of shards. */
public final class RecordFiles {

  private RecordFiles() {}

  /**
   * The files to read.
   *
   * @param path a file, or a folder whose data files are shards of one data set. Files whose names
   *     begin with a dot or an underscore, files of other kinds and folders inside are left out
   * @return the file itself, or the shards in the order of their names
   * @throws IllegalArgumentException if there is no such path, or the folder has no shards or
   *     shards of several kinds
   * @throws UncheckedIOException if the folder can't be read
   */
  public static ImmutableList<Path> at(Path path) {
    Check.that(Files.exists(path), "%s: there is no such file or folder", path);
    if (!Files.isDirectory(path)) {
      return ImmutableList.of(path);
    }
    ImmutableList<Path> shards;
    try (Stream<Path> entries = Files.list(path)) {
      shards =
          entries
              .filter(RecordFiles::isShard)
              .sorted(Comparator.comparing(RecordFiles::name))
              .collect(ImmutableList.toImmutableList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
    Check.that(
        !shards.isEmpty(),
        "%s: the folder must have at least one data file (%s), got none",
        path,
        FileKind.ENDINGS);
    List<String> kinds = shards.stream().map(RecordFiles::kind).distinct().toList();
    Check.that(
        kinds.size() == 1,
        "%s: shards must be of one kind, got %s; name the files to read",
        path,
        kinds);
    return shards;
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

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
