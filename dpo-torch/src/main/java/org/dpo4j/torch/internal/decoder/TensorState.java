package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.torch.internal.architecture.Findings;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.safetensors.SafetensorsStream;
import org.dpo4j.torch.internal.safetensors.SafetensorsWriter;
import org.dpo4j.torch.internal.safetensors.TensorSource;
import org.dpo4j.torch.internal.safetensors.TensorType;

/**
 * Tensors on a device as one piece of a state, to the bit: safetensors in fp32, copied a few rows
 * at a time.
 *
 * @param model whose kernels copy
 * @param piece its name
 * @param tensors fp32, by the name each has in the piece; may be views
 */
public record TensorState(Model model, String piece, ImmutableMap<String, PtNDArray> tensors) {

  private static final int CHUNK_BYTES = 1 << 20;

  /** What every file of tensors says, and what some readers want to see. */
  public static final ImmutableMap<String, String> METADATA = ImmutableMap.of("format", "pt");

  /**
   * Writes the piece.
   *
   * @param sink takes it
   * @param metadata what the piece says about itself
   * @throws IOException if it can't be written
   */
  public void save(StateSink sink, Map<String, String> metadata) throws IOException {
    ImmutableList<TensorSource> sources =
        tensors.entrySet().stream()
            .map(
                tensor ->
                    new TensorSource(
                        tensor.getKey(),
                        TensorType.F32,
                        shape(tensor.getValue()),
                        out -> write(tensor.getValue(), out)))
            .collect(ImmutableList.toImmutableList());
    sink.write(piece, out -> SafetensorsWriter.write(Path.of(piece), out, sources, metadata));
  }

  private void write(PtNDArray tensor, WritableByteChannel out) throws IOException {
    long rows = tensor.getShape().get(0);
    long step = Math.max(1, CHUNK_BYTES * rows / Math.max(1, tensor.size() * Float.BYTES));
    for (long row = 0; row < rows; row += step) {
      try (PtNDManager owner = (PtNDManager) model.manager().newSubManager()) {
        out.write(
            model
                .kernels()
                .tensor(owner, "rows", tensor, row, Math.min(step, rows - row))
                .toByteBuffer());
      }
    }
  }

  /**
   * Reads what the piece says about itself.
   *
   * @param source has it
   * @return the metadata
   * @throws IllegalArgumentException if it holds no tensors of fp32
   * @throws IOException if it can't be read
   */
  public ImmutableMap<String, String> about(StateSource source) throws IOException {
    try (InputStream in = source.open(piece)) {
      return SafetensorsStream.open(Path.of(piece), in).metadata();
    }
  }

  /**
   * Reads the whole piece and compares it. Changes nothing.
   *
   * @param source has it
   * @throws IllegalArgumentException if it is of other tensors; the message says of which
   * @throws IOException if it can't be read to its end
   */
  public void check(StateSource source) throws IOException {
    try (InputStream in = source.open(piece)) {
      SafetensorsStream stream = SafetensorsStream.open(Path.of(piece), in);
      requireSame(stream.shapes());
      stream.read((tensor, row, rows, numbers) -> {});
    }
  }

  private void requireSame(ImmutableMap<String, TensorShape> found) {
    ImmutableList.Builder<String> missing = ImmutableList.builder();
    ImmutableList.Builder<String> misshapen = ImmutableList.builder();
    tensors.forEach(
        (name, tensor) -> {
          TensorShape is = found.get(name);
          TensorShape expected = shape(tensor);
          if (is == null) {
            missing.add(name + " " + expected);
          } else if (!is.equals(expected)) {
            misshapen.add(String.format(Locale.ROOT, "%s %s, expected %s", name, is, expected));
          }
        });
    ImmutableList<String> leftOver =
        found.entrySet().stream()
            .filter(tensor -> !tensors.containsKey(tensor.getKey()))
            .map(tensor -> tensor.getKey() + " " + tensor.getValue())
            .collect(ImmutableList.toImmutableList());
    ImmutableList<String> problems =
        Stream.of(
                Findings.of("missing", missing.build()),
                Findings.of("left over", leftOver),
                Findings.of("of another shape", misshapen.build()))
            .flatMap(List::stream)
            .collect(ImmutableList.toImmutableList());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the tensors must be those that are trained: %s",
              piece,
              Joiner.on("; ").join(problems)));
    }
  }

  /**
   * Overwrites the tensors by a piece that was {@linkplain #check checked}.
   *
   * @param source has it
   * @throws IOException if it can't be read
   */
  public void restore(StateSource source) throws IOException {
    try (InputStream in = source.open(piece)) {
      SafetensorsStream.open(Path.of(piece), in).read(this::overwrite);
    }
  }

  private void overwrite(String name, long row, int rows, ByteBuffer numbers) {
    PtNDArray tensor = Objects.requireNonNull(tensors.get(name), name);
    long[] shape = tensor.getShape().getShape().clone();
    shape[0] = rows;
    try (PtNDManager owner = (PtNDManager) model.manager().newSubManager()) {
      PtNDArray values = owner.create(numbers, new Shape(shape), DataType.FLOAT32);
      model.kernels().run("set_rows_", tensor, row, values);
    }
  }

  private static TensorShape shape(PtNDArray tensor) {
    return TensorShape.of(tensor.getShape().getShape());
  }
}
