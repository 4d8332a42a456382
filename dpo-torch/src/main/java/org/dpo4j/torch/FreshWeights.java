package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Range;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.architecture.NormSpec;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.safetensors.CheckpointWriter;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;

/**
 * Weights of a model that knows nothing yet: to train a small one from scratch, or to test with a
 * real one of any architecture.
 */
public final class FreshWeights {

  private static final double DEFAULT_RANGE = 0.02;
  private static final int BUFFER_BYTES = 1 << 16;

  private FreshWeights() {}

  /**
   * Writes {@code model.safetensors}, in fp32, for the configuration in a directory: matrices are
   * normal with mean 0 and the configuration's {@code initializer_range} (0.02 if it has none) as
   * standard deviation, norms scale by 1, biases are 0.
   *
   * @param directory with {@code config.json}, and no weights
   * @param seed the same one gives the same weights on every machine
   * @throws IllegalArgumentException if the configuration is missing, malformed or not supported,
   *     or there are weights already
   * @throws java.io.UncheckedIOException if they cannot be written
   */
  public static void write(Path directory, long seed) {
    for (String weights : new String[] {"model.safetensors", "model.safetensors.index.json"}) {
      Check.that(
          !Files.exists(directory.resolve(weights)),
          "%s must have no weights yet, and there is %s",
          directory,
          weights);
    }
    ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
    DecoderSpec spec = Architectures.of(config).describe(config);
    double range =
        config.optionalNumber("initializer_range", Range.greaterThan(0.0)).orElse(DEFAULT_RANGE);
    double scale = spec.finalNorm().kind() == NormSpec.Kind.RMS_PLUS_ONE ? 0 : 1;
    CheckpointWriter.write(
        directory,
        spec.weights().entrySet().stream()
            .map(weight -> tensor(weight.getKey(), weight.getValue(), seed, range, scale))
            .collect(ImmutableList.toImmutableList()),
        MergedCheckpoint.MAX_SHARD_BYTES);
  }

  private static TensorSource tensor(
      String name, TensorShape shape, long seed, double range, double scale) {
    double constant = name.endsWith("bias") ? 0 : scale;
    return new TensorSource(
        name,
        TensorType.F32,
        shape,
        out -> {
          Random random = new Random(seedOf(name, seed));
          fill(
              out,
              shape,
              shape.sizes().length() == 1 ? () -> constant : () -> range * random.nextGaussian());
        });
  }

  /** A seed of its own for each tensor, so that their order does not matter. */
  private static long seedOf(String name, long seed) {
    return Hashing.sha256()
        .newHasher()
        .putLong(seed)
        .putString(name, StandardCharsets.UTF_8)
        .hash()
        .asLong();
  }

  private static void fill(WritableByteChannel out, TensorShape shape, DoubleSupplier values)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long left = shape.sizes().stream().reduce(1, Math::multiplyExact); left > 0; left--) {
      buffer.putFloat((float) values.getAsDouble());
      if (!buffer.hasRemaining() || left == 1) {
        out.write(buffer.flip());
        buffer.clear();
      }
    }
  }
}
