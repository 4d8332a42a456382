package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.json.JsonStream;

/**
 * The file that says which shard holds which tensor.
 *
 * @param file the index
 * @param shards names of files beside it, by tensor
 */
record ShardIndex(Path file, ImmutableMap<String, String> shards) {

  private static final int MAX_BYTES = 100_000_000;
  private static final int MAX_TENSORS = 500_000;

  /** Reads an index; every shard it names is a plain file name. */
  static ShardIndex read(Path file) {
    Check.that(Files.isRegularFile(file), "%s: must be a regular file", file);
    Map<String, String> shards = new LinkedHashMap<>();
    try (InputStream bytes = Files.newInputStream(file)) {
      Check.that(Files.size(file) <= MAX_BYTES, "%s: must be at most %d bytes", file, MAX_BYTES);
      JsonStream.read(
          file,
          "index",
          ByteStreams.limit(bytes, MAX_BYTES),
          json -> json.object("index", field -> read(file, json, field, shards)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
    Check.that(!shards.isEmpty(), "%s: weight_map must be there and not empty", file);
    return new ShardIndex(file, ImmutableMap.copyOf(shards));
  }

  private static void read(Path file, JsonStream json, String field, Map<String, String> shards)
      throws IOException {
    if (!field.equals("weight_map")) {
      json.skip();
      return;
    }
    json.object(
        field,
        name -> {
          shards.put(name, shard(file, json, name));
          Check.that(
              shards.size() <= MAX_TENSORS, "%s: must have at most %d tensors", file, MAX_TENSORS);
        });
  }

  /** The names of all shards, sorted. */
  ImmutableSortedSet<String> names() {
    return ImmutableSortedSet.copyOf(shards.values());
  }

  private static String shard(Path file, JsonStream json, String name) throws IOException {
    String place = TensorEntry.place(file, name);
    Limits.checkName(place, name);
    String shard = json.string("tensor " + Shown.text(name) + ": shard");
    Check.that(
        shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors"),
        "%s: shard must be a plain name of a .safetensors file (ASCII letters, digits, '.', '_',"
            + " '-'), got %s",
        place,
        Shown.text(shard));
    return shard;
  }
}
