package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.files.AtomicFile;
import org.dpo4j.torch.internal.json.StrictJson;
import org.dpo4j.torch.internal.safetensors.CheckpointWriter;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;

/**
 * A checkpoint with its adapters merged in: {@code W + Σ s·B A}.
 *
 * @param model the weights as they are now
 * @param adapters in the order they were stacked
 * @param base directory of the checkpoint, whose other files are copied
 */
record MergedCheckpoint(Model model, ImmutableList<Adapter> adapters, Path base) {

  static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final int MAX_CONFIG_BYTES = 10_000_000;

  /** What a checkpoint may have beside weights and configuration. */
  private static final ImmutableList<String> COPIED =
      ImmutableList.of(
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja",
          "vocab.json",
          "merges.txt",
          "tokenizer.model");

  /** Writes all files; the weights last, so that a directory with weights is complete. */
  void write(Path directory, long maxShardBytes) {
    Check.that(maxShardBytes >= 1, "maxShardBytes must be ≥ 1, got %d", maxShardBytes);
    AtomicFile.createDirectories(directory);
    Check.that(
        !isSame(directory, base),
        "directory must not be the base's own, whose weights are in use, got %s",
        directory);
    AtomicFile.writeText(directory.resolve("config.json"), config());
    COPIED.stream()
        .filter(name -> Files.exists(base.resolve(name)))
        .forEach(name -> copy(base.resolve(name), directory.resolve(name)));
    CheckpointWriter.write(
        directory,
        model.spec().weights().entrySet().stream()
            .map(this::source)
            .collect(ImmutableList.toImmutableList()),
        maxShardBytes);
  }

  private TensorSource source(Map.Entry<String, TensorShape> tensor) {
    return new TensorSource(
        tensor.getKey(), TensorType.F32, tensor.getValue(), out -> writeTo(out, tensor.getKey()));
  }

  private void writeTo(WritableByteChannel out, String name) throws IOException {
    try (PtNDManager owner = (PtNDManager) model.manager().newSubManager()) {
      PtNDArray merged = model.merged(name, adapters, owner);
      out.write(merged.toByteBuffer());
    }
  }

  /** The base's, which may say that its weights are in another type. */
  private String config() {
    Path file = base.resolve("config.json");
    JsonObject config = StrictJson.object(file, StrictJson.text(file, MAX_CONFIG_BYTES));
    for (String field : ImmutableList.of("dtype", "torch_dtype")) {
      if (config.has(field)) {
        config.addProperty(field, "float32");
      }
    }
    return new GsonBuilder()
        .setPrettyPrinting()
        .serializeNulls()
        .disableHtmlEscaping()
        .create()
        .toJson(config);
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compare " + one + " with " + other + ": " + e, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(from));
      AtomicFile.write(to, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + from + " to " + to + ": " + e, e);
    }
  }
}
