package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.dpo4j.torch.internal.safetensors.TensorType;

/**
 * Puts a checkpoint's tensors on a device.
 *
 * <p>On a CPU a tensor that is used as it is stored is mapped from its file, not read; the others
 * are copied piece by piece, so that there is never a second copy in memory.
 */
final class WeightReader {

  private static final int CHUNK_BYTES = 1 << 20;

  private final PtNDManager manager;
  private final Kernels kernels;
  private final Map<String, TensorEntry> entries;
  private final NumberTypes types;
  // Memory outside the heap is given back late, so all tensors are read through the same two.
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer wide = ByteBuffer.allocateDirect(2 * CHUNK_BYTES);

  /**
   * A reader.
   *
   * @param manager owns the tensors
   * @param kernels to place them with
   * @param entries by the decoder's names
   * @param types how to hold matrices; vectors are always fp32
   */
  WeightReader(
      PtNDManager manager, Kernels kernels, Map<String, TensorEntry> entries, NumberTypes types) {
    this.manager = manager;
    this.kernels = kernels;
    this.entries = entries;
    this.types = types;
  }

  /** A tensor by itself. */
  PtNDArray read(String name, TensorShape shape) {
    TensorEntry entry = entry(name);
    long[] sizes = shape.sizes().toArray();
    int kind = sizes.length == 1 ? NumberTypes.FLOAT32 : types.weights();
    if (kind == NumberTypes.FLOAT32 && isUsableAsStored(entry)) {
      return manager.create(entry.map(), new Shape(sizes), DataType.FLOAT32);
    }
    PtNDArray tensor = empty(kind, sizes);
    fill(tensor, name);
    return tensor;
  }

  private boolean isUsableAsStored(TensorEntry entry) {
    return entry.type() == TensorType.F32
        && !manager.getDevice().isGpu()
        && entry.offset() % Float.BYTES == 0
        && entry.isMappable()
        && entry.bytes() > 0
        && entry.bytes() <= Integer.MAX_VALUE;
  }

  /** Overwrites a tensor with a checkpoint's numbers, converted to its type. */
  void fill(PtNDArray tensor, String name) {
    TensorEntry entry = entry(name);
    int bytes = entry.type().bytes();
    entry.read(
        chunk,
        (offset, part) -> {
          try (PtNDManager piece = (PtNDManager) manager.newSubManager()) {
            PtNDArray values = values(piece, entry, part);
            kernels.run("fill_", tensor, offset / bytes, values);
          }
        });
  }

  private PtNDArray values(PtNDManager piece, TensorEntry entry, ByteBuffer part) {
    Shape shape = new Shape(part.remaining() / entry.type().bytes());
    return switch (entry.type()) {
      case F32 -> piece.create(part, shape, DataType.FLOAT32);
      case F16 -> piece.create(part, shape, DataType.FLOAT16);
      case BF16 -> piece.create(widened(part), shape, DataType.FLOAT32);
      default ->
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "%s: tensor '%s' must be F32, F16 or BF16, got %s",
                  entry.file(),
                  entry.name(),
                  entry.type()));
    };
  }

  /** bf16 is the upper half of fp32. DJL aborts the JVM when it is given bf16. */
  private ByteBuffer widened(ByteBuffer part) {
    wide.clear().order(ByteOrder.nativeOrder());
    while (part.hasRemaining()) {
      wide.putInt(part.getShort() << Short.SIZE);
    }
    return wide.flip().slice().order(ByteOrder.nativeOrder());
  }

  /** A matrix of no particular numbers, in the type matrices are held in. */
  PtNDArray empty(long... shape) {
    return empty(types.weights(), shape);
  }

  private PtNDArray empty(int kind, long... shape) {
    try (PtNDArray here = zeros(1)) {
      return kernels.tensor(manager, "empty", here, shape, kind);
    }
  }

  /** A vector of zeros. */
  PtNDArray zeros(long size) {
    return (PtNDArray) manager.zeros(new Shape(size), DataType.FLOAT32);
  }

  private TensorEntry entry(String name) {
    return Objects.requireNonNull(entries.get(name), name);
  }
}
