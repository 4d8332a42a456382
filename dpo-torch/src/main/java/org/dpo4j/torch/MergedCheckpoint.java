package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.files.AtomicFile;
import org.dpo4j.torch.internal.json.StrictJson;
import org.dpo4j.torch.internal.safetensors.CheckpointWriter;
import org.dpo4j.torch.internal.safetensors.Narrowing;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;

/**
 * A checkpoint with its adapters merged in: {@code W + Σ s·B A}, computed in fp32 from the numbers
 * of the file and rounded once to the type each tensor has there.
 *
 * @param model the weights as they are now
 * @param adapters in the order they were stacked
 * @param base directory of the checkpoint, whose other files are copied
 * @param entries the tensors of its file
 * @param trained whether the weights are no longer those of the file; then all are fp32, which they
 *     were trained in
 */
record MergedCheckpoint(
    Model model,
    ImmutableList<Adapter> adapters,
    Path base,
    CheckpointEntries entries,
    boolean trained) {

  static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final int MAX_CONFIG_BYTES = 10_000_000;

  /** Numbers that are rounded at a time. */
  private static final int CHUNK = 1 << 18;

  private static final String TIED = "tie_word_embeddings";
  private static final ImmutableList<String> DTYPES = ImmutableList.of("dtype", "torch_dtype");

  /** Writes all files; the weights last, so that a directory with weights is complete. */
  SavedCheckpoint write(Path directory, Optional<Dtype> dtype, long maxShardBytes) {
    Check.that(maxShardBytes >= 1, "maxShardBytes must be ≥ 1, got %d", maxShardBytes);
    AtomicFile.createDirectories(directory);
    Check.that(
        !isSame(directory, base),
        "directory must not be the base's own, whose weights are in use, got %s",
        directory);
    Optional<Dtype> written = dtype.or(() -> trained ? Optional.of(Dtype.FLOAT32) : dtype);
    AtomicFile.writeText(directory.resolve("config.json"), config(written));
    SavedCheckpoint files = new AccompanyingFiles(base).copyTo(directory);
    writeWeights(directory, written, maxShardBytes);
    return files;
  }

  private void writeWeights(Path directory, Optional<Dtype> dtype, long maxShardBytes) {
    ImmutableList<TensorSource> weights =
        model.spec().weights().keySet().stream()
            .map(name -> source(name, dtype))
            .collect(ImmutableList.toImmutableList());
    try {
      CheckpointWriter.write(directory, weights, maxShardBytes);
    } catch (IllegalStateException e) {
      // What the content of a tensor throws is wrapped; a number that doesn't fit is no fault of
      // it.
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw new IllegalArgumentException(refused.getMessage(), e);
      }
      throw e;
    }
  }

  private TensorSource source(String name, Optional<Dtype> dtype) {
    TensorEntry entry = Objects.requireNonNull(entries.tensors().get(name), name);
    TensorType type = dtype.map(Dtype::type).orElse(entry.type());
    return new TensorSource(
        name,
        type,
        entry.shape(),
        out -> {
          try (PtNDManager owner = (PtNDManager) model.manager().newSubManager()) {
            PtNDArray merged =
                trained
                    ? model.merged(name, adapters, owner)
                    : model.merged(name, entry, adapters, owner);
            write(name, merged.toByteBuffer(), type, out);
          }
        });
  }

  private static void write(
      String name, ByteBuffer numbers, TensorType type, WritableByteChannel out)
      throws IOException {
    if (type == TensorType.F32) {
      out.write(numbers);
      return;
    }
    FloatBuffer left = numbers.order(ByteOrder.nativeOrder()).asFloatBuffer();
    ByteBuffer chunk =
        ByteBuffer.allocate(Math.min(CHUNK, left.remaining()) * type.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    while (left.hasRemaining()) {
      int count = Math.min(CHUNK, left.remaining());
      try {
        Narrowing.put(type, left.slice(left.position(), count), chunk.clear());
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "tensor '%s' %s: choose another dtype", name, e.getMessage()),
            e);
      }
      left.position(left.position() + count);
      out.write(chunk.flip());
    }
  }

  /** The base's, true of what is written: of its type, and of a head that is not the embedding. */
  private String config(Optional<Dtype> dtype) {
    Path file = base.resolve("config.json");
    JsonObject config = StrictJson.object(file, StrictJson.text(file, MAX_CONFIG_BYTES));
    dtype.ifPresent(
        type -> {
          ImmutableList<String> stated =
              DTYPES.stream().filter(config::has).collect(ImmutableList.toImmutableList());
          (stated.isEmpty() ? ImmutableList.of("torch_dtype") : stated)
              .forEach(field -> config.addProperty(field, type.toString()));
        });
    if (Architectures.describe(ModelConfig.read(file)).head().tied()
        && !entries.decoder().head().tied()) {
      config.addProperty(TIED, false);
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
}
