package org.dpo4j.torch.internal.safetensors;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.files.ModelFile;

/**
 * A model's weights as they are published: a directory with {@code model.safetensors}, or with
 * {@code model.safetensors.index.json} and the shards it names.
 *
 * <p>Where both are there the index must name {@code model.safetensors} as its only shard, as some
 * tools write it. Otherwise the directory holds two checkpoints and is refused: it would depend on
 * the program which of them is loaded.
 */
public final class Checkpoint {

  /** The file of a checkpoint that is not sharded. */
  static final String SINGLE = "model.safetensors";

  /** The index of a sharded checkpoint. */
  static final String INDEX = "model.safetensors.index.json";

  private static final int LISTED = 10;

  private Checkpoint() {}

  /**
   * Reads the headers of all files of a checkpoint.
   *
   * @param directory the checkpoint
   * @return its tensors by name, shard by shard in the order of their names, in a shard in the
   *     order of the data
   * @throws IllegalArgumentException if the directory holds no checkpoint or two; a file breaks a
   *     rule of its format; index and shards do not hold the same tensors; a shard is missing; or a
   *     file is one that {@link ModelFile} does not allow
   * @throws UncheckedIOException if a file cannot be read
   */
  public static ImmutableMap<String, TensorEntry> read(Path directory) {
    Check.that(Files.exists(directory), "%s: must be a directory, there is none", directory);
    Check.that(Files.isDirectory(directory), "%s: must be a directory", directory);
    Path single = directory.resolve(SINGLE);
    Path index = directory.resolve(INDEX);
    if (ModelFile.isThere(index)) {
      ModelFile.check(directory, index);
      return readShards(directory, ShardIndex.read(index), Files.exists(single));
    }
    if (ModelFile.isThere(single)) {
      ModelFile.check(directory, single);
      return SafetensorsFile.read(single);
    }
    throw new IllegalArgumentException(directory + ": " + whyEmpty(directory));
  }

  private static ImmutableMap<String, TensorEntry> readShards(
      Path directory, ShardIndex index, boolean hasSingle) {
    ImmutableList<String> names = index.names().asList();
    Check.that(
        !hasSingle || names.equals(ImmutableList.of(SINGLE)),
        "%s: must hold one checkpoint, got two: %s, and the shards of %s; remove one of them",
        directory,
        SINGLE,
        INDEX);
    ImmutableList<String> missing =
        names.stream()
            .filter(name -> !ModelFile.isThere(directory.resolve(name)))
            .collect(ImmutableList.toImmutableList());
    Check.that(
        missing.isEmpty(),
        "%s: %d of %d shards are missing: %s",
        index.file(),
        missing.size(),
        names.size(),
        list(missing));
    names.forEach(name -> ModelFile.check(directory, directory.resolve(name)));
    ImmutableMap.Builder<String, TensorEntry> tensors = ImmutableMap.builder();
    for (String name : names) {
      SafetensorsFile.read(directory.resolve(name))
          .values()
          .forEach(tensor -> tensors.put(tensor.name(), requireIndexed(tensor, name, index)));
    }
    return requireAll(tensors.buildOrThrow(), index);
  }

  private static TensorEntry requireIndexed(TensorEntry tensor, String shard, ShardIndex index) {
    String indexed = index.shards().get(tensor.name());
    Check.that(
        Objects.equals(indexed, shard),
        "%s: must be where the index places it, %s",
        TensorEntry.place(tensor.file(), tensor.name()),
        indexed == null ? "which names it nowhere" : "in " + indexed);
    return tensor;
  }

  private static ImmutableMap<String, TensorEntry> requireAll(
      ImmutableMap<String, TensorEntry> tensors, ShardIndex index) {
    ImmutableList<String> missing =
        index.shards().entrySet().stream()
            .filter(entry -> !tensors.containsKey(entry.getKey()))
            .map(entry -> Shown.text(entry.getKey()) + " in " + entry.getValue())
            .collect(ImmutableList.toImmutableList());
    Check.that(
        missing.isEmpty(),
        "%s: %d of %d tensors are not in the shards it places them in: %s",
        index.file(),
        missing.size(),
        index.shards().size(),
        list(missing));
    return tensors;
  }

  private static String whyEmpty(Path directory) {
    ImmutableList<String> pickles = files(directory, "bin|pt|pth|ckpt|pkl");
    ImmutableList<String> others = files(directory, "safetensors");
    String none = "must hold " + SINGLE + " or " + INDEX;
    if (!others.isEmpty()) {
      return none + ", got only " + list(others);
    }
    if (!pickles.isEmpty()) {
      return String.format(
          Locale.ROOT,
          "%s, got only %s. Pickle files are never opened: reading one can run any program inside it."
              + " Convert them where you trust them, with Python: from transformers import"
              + " AutoModelForCausalLM as M; M.from_pretrained('DIRECTORY').save_pretrained("
              + "'NEW_DIRECTORY')",
          none,
          list(pickles));
    }
    return none + ", got neither";
  }

  private static ImmutableList<String> files(Path directory, String endings) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".*\\.(" + endings + ")"))
          .sorted()
          .limit(LISTED + 1)
          .map(Shown::text)
          .collect(ImmutableList.toImmutableList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory + ": " + e, e);
    }
  }

  private static String list(ImmutableList<String> names) {
    String first = Joiner.on(", ").join(names.subList(0, Math.min(LISTED, names.size())));
    return names.size() > LISTED ? first + ", …" : first;
  }
}
