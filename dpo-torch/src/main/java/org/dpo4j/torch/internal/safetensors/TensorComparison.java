package org.dpo4j.torch.internal.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** Two tensors of files, side by side. */
final class TensorComparison {

  private static final int NUMBERS = 1 << 18;

  private TensorComparison() {}

  static boolean same(TensorEntry one, TensorEntry other) {
    boolean comparable =
        one.type() == other.type()
            || (Widening.TYPES.contains(one.type()) && Widening.TYPES.contains(other.type()));
    if (!comparable || !one.shape().equals(other.shape())) {
      return false;
    }
    try (Chunks ones = Chunks.of(one);
        Chunks others = Chunks.of(other)) {
      for (long at = 0; at < one.shape().elements(); at += NUMBERS) {
        if (one.type() == other.type()
            ? !ones.bytes(at).equals(others.bytes(at))
            : !ones.numbers(at).equals(others.numbers(at))) {
          return false;
        }
      }
      return true;
    }
  }

  /** A tensor, a chunk at a time. */
  private record Chunks(TensorEntry entry, FileChannel channel, ByteBuffer buffer)
      implements AutoCloseable {

    static Chunks of(TensorEntry entry) {
      try {
        FileChannel channel = FileChannel.open(entry.file(), StandardOpenOption.READ);
        return new Chunks(
            entry,
            channel,
            ByteBuffer.allocate(NUMBERS * entry.type().wholeBytes())
                .order(ByteOrder.LITTLE_ENDIAN));
      } catch (IOException e) {
        throw entry.failure(e);
      }
    }

    ByteBuffer bytes(long from) {
      long begin = from * entry.type().bits() / Byte.SIZE;
      try {
        entry.requireData(channel);
        TensorEntry.fill(
            channel,
            entry.offset() + begin,
            buffer
                .clear()
                .limit(
                    (int)
                        Math.min(
                            (long) NUMBERS * entry.type().bits() / Byte.SIZE,
                            entry.bytes() - begin)));
        return buffer;
      } catch (IOException e) {
        throw entry.failure(e);
      }
    }

    FloatBuffer numbers(long from) {
      ByteBuffer chunk = bytes(from);
      FloatBuffer numbers = FloatBuffer.allocate(NUMBERS);
      Widening.put(entry.type(), chunk, numbers);
      return numbers.flip();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw entry.failure(e);
      }
    }
  }
}
