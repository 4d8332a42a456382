package org.dpo4j.torch.internal.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.torch.internal.architecture.TensorShape;

/** Tensors to be written by tests. */
final class Sources {

  private Sources() {}

  static TensorSource of(String name, TensorType type, TensorShape shape, byte[] bytes) {
    return new TensorSource(name, type, shape, out -> out.write(ByteBuffer.wrap(bytes)));
  }

  /** So many bytes of 1, one by one chunk. */
  static TensorSource ones(String name, int count) {
    byte[] bytes = new byte[count];
    java.util.Arrays.fill(bytes, (byte) 1);
    return of(name, TensorType.U8, TensorShape.of(count), bytes);
  }

  /** A tensor whose bytes cannot be had: after {@code count} of them its disk fails. */
  static TensorSource failing(String name, int bytes, int count) {
    return new TensorSource(
        name,
        TensorType.U8,
        TensorShape.of(bytes),
        out -> {
          out.write(ByteBuffer.allocate(count));
          throw new IOException("the disk is on fire");
        });
  }

  /** A tensor of a file, to be written again. */
  static TensorSource copy(TensorEntry tensor) {
    return new TensorSource(
        tensor.name(),
        tensor.type(),
        tensor.shape(),
        out ->
            tensor.read(
                4_096,
                (at, chunk) -> {
                  try {
                    out.write(chunk);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
  }

  static byte[] bytes(TensorEntry tensor) {
    byte[] bytes = new byte[(int) tensor.bytes()];
    tensor.map().get(bytes);
    return bytes;
  }

  static List<TensorSource> copies(Iterable<TensorEntry> tensors) {
    List<TensorSource> copies = new ArrayList<>();
    tensors.forEach(tensor -> copies.add(copy(tensor)));
    return copies;
  }
}
