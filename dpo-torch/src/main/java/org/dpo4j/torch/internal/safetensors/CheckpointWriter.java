package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.files.AtomicFile;

/**
 * Writes a model's weights as {@link Checkpoint} reads them, and as Python's transformers does.
 *
 * <p>The index is written last and makes the shards a checkpoint. A process that is killed before
 * leaves shards without index, which is no checkpoint.
 */
public final class CheckpointWriter {

  private static final int MAX_SHARDS = 99_999;
  private static final ImmutableMap<String, String> METADATA = ImmutableMap.of("format", "pt");

  private CheckpointWriter() {}

  /**
   * Writes a checkpoint: {@code model.safetensors}, or shards and an index if the tensors take more
   * than {@code maxShardBytes}.
   *
   * <p>A {@code model.safetensors} is replaced by another one in one step. Several files cannot be,
   * so where shards would replace anything, or would be replaced, the directory is refused before
   * anything is written. Where writing fails, the directory's files are then what they were before.
   *
   * @param directory made if it is not there
   * @param tensors at least one, in the order in which shards are filled
   * @param maxShardBytes the most bytes of tensors in a file, ≥ 1; a tensor with more has a file of
   *     its own
   * @throws IllegalArgumentException if the directory holds a checkpoint that cannot be replaced,
   *     or as for {@link SafetensorsWriter#write}
   * @throws UncheckedIOException as for {@link SafetensorsWriter#write}
   * @throws IllegalStateException as for {@link SafetensorsWriter#write}
   */
  public static void write(Path directory, List<TensorSource> tensors, long maxShardBytes) {
    Check.that(maxShardBytes >= 1, "maxShardBytes must be ≥ 1, got %d", maxShardBytes);
    Check.that(!tensors.isEmpty(), "%s: must get at least one tensor", directory);
    SafetensorsWriter.checkNames(directory.toString(), tensors);
    ImmutableList<ImmutableList<TensorSource>> shards = shards(tensors, maxShardBytes);
    Check.that(
        shards.size() <= MAX_SHARDS,
        "%s: must be at most %d shards, got %d; raise maxShardBytes",
        directory,
        MAX_SHARDS,
        shards.size());
    if (shards.size() == 1) {
      requireFree(directory, ImmutableList.of(Checkpoint.INDEX));
      AtomicFile.createDirectories(directory);
      SafetensorsWriter.write(directory.resolve(Checkpoint.SINGLE), tensors, METADATA);
    } else {
      ImmutableMap<String, ImmutableList<TensorSource>> named = named(shards);
      requireFree(directory, ImmutableList.of(Checkpoint.SINGLE, Checkpoint.INDEX));
      requireFree(directory, named.keySet().asList());
      AtomicFile.createDirectories(directory);
      writeShards(directory, named);
    }
  }

  private static ImmutableList<ImmutableList<TensorSource>> shards(
      List<TensorSource> tensors, long maxShardBytes) {
    ImmutableList.Builder<ImmutableList<TensorSource>> shards = ImmutableList.builder();
    List<TensorSource> shard = new ArrayList<>();
    long room = maxShardBytes;
    for (TensorSource tensor : tensors) {
      boolean full = tensor.bytes() > room || shard.size() == Limits.MAX_TENSORS;
      if (full && !shard.isEmpty()) {
        shards.add(ImmutableList.copyOf(shard));
        shard.clear();
        room = maxShardBytes;
      }
      shard.add(tensor);
      room -= tensor.bytes();
    }
    return shards.add(ImmutableList.copyOf(shard)).build();
  }

  private static ImmutableMap<String, ImmutableList<TensorSource>> named(
      ImmutableList<ImmutableList<TensorSource>> shards) {
    ImmutableMap.Builder<String, ImmutableList<TensorSource>> named = ImmutableMap.builder();
    for (int i = 0; i < shards.size(); i++) {
      named.put(
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size()),
          shards.get(i));
    }
    return named.buildOrThrow();
  }

  private static void requireFree(Path directory, List<String> names) {
    for (String name : names) {
      Check.that(
          !Files.exists(directory.resolve(name)),
          "%s: must not be there yet: it would be mixed up with the checkpoint to be written; write"
              + " that to another directory, or remove this",
          directory.resolve(name));
    }
  }

  private static void writeShards(
      Path directory, ImmutableMap<String, ImmutableList<TensorSource>> shards) {
    Path index = directory.resolve(Checkpoint.INDEX);
    // Renamed is not yet safe on disk, so also what failed may be there.
    List<Path> begun = new ArrayList<>();
    begun.add(index);
    try {
      shards.forEach(
          (name, tensors) -> {
            begun.add(directory.resolve(name));
            SafetensorsWriter.write(directory.resolve(name), tensors, METADATA);
          });
      AtomicFile.writeText(index, index(shards));
    } catch (RuntimeException | Error e) {
      begun.forEach(file -> delete(file, e));
      throw e;
    }
  }

  private static void delete(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static String index(ImmutableMap<String, ImmutableList<TensorSource>> shards) {
    StringWriter text = new StringWriter();
    long bytes =
        shards.values().stream().flatMap(List::stream).mapToLong(TensorSource::bytes).sum();
    try (JsonWriter writer = new JsonWriter(text)) {
      writer.setHtmlSafe(false);
      writer.setFormattingStyle(FormattingStyle.PRETTY);
      writer.beginObject();
      writer.name("metadata").beginObject().name("total_size").value(bytes).endObject();
      writer.name("weight_map").beginObject();
      for (var shard : shards.entrySet()) {
        for (TensorSource tensor : shard.getValue()) {
          writer.name(tensor.name()).value(shard.getKey());
        }
      }
      writer.endObject().endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }
}
