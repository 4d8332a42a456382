package org.dpo4j.torch.internal.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.architecture.TensorShape;

/**
 * A tensor in a file, not yet read.
 *
 * @param file where it is
 * @param name its name there
 * @param type of its elements
 * @param shape its shape, rows first
 * @param offset where its data begin, bytes from the start of the file
 * @param bytes how many there are, always those of shape and type
 */
public record TensorEntry(
    Path file, String name, TensorType type, TensorShape shape, long offset, long bytes) {

  /** Takes a tensor a chunk at a time. */
  public interface ChunkReader {

    /**
     * Takes a chunk.
     *
     * @param byteOffsetInTensor where it begins
     * @param chunk the bytes, little-endian, whole elements; overwritten after the call
     */
    void accept(long byteOffsetInTensor, ByteBuffer chunk);
  }

  /** Checks that the numbers fit each other. */
  public TensorEntry {
    String place = place(file, name);
    Check.that(offset >= 0, "%s: offset must be ≥ 0, got %d", place, offset);
    long needed = TensorBytes.of(place, type, shape);
    Check.that(bytes == needed, "%s: must be %d bytes, got %d", place, needed, bytes);
  }

  /** How messages name a tensor. */
  static String place(Path file, String name) {
    return file + ": tensor " + Shown.text(name);
  }

  /**
   * Maps the data copy-on-write: writes to the buffer stay in this process. Memory is taken for
   * pages that are touched, and given back for untouched ones as the machine likes.
   *
   * <p>Java maps so only what it may open for writing; of a file that may only be read, the data
   * are copied to memory outside the heap instead.
   *
   * <p>The file must not be shortened while the buffer is in use: the Java machine may end at the
   * next access.
   *
   * @return the data in native order
   * @throws IllegalArgumentException if they are 2 GiB or more, for which there is {@link #read};
   *     if the file is shorter than when its header was read; or if the machine is not
   *     little-endian
   * @throws UncheckedIOException if the file cannot be mapped
   */
  public ByteBuffer map() {
    Check.that(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
        "%s: can be mapped on little-endian machines only, this one is %s",
        place(file, name),
        ByteOrder.nativeOrder());
    Check.that(
        bytes <= Integer.MAX_VALUE,
        "%s: must be at most %d bytes to be mapped, got %d; read it in chunks",
        place(file, name),
        Integer.MAX_VALUE,
        bytes);
    try {
      return (isMappable() ? mapped() : copied()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Reads the data in order, holding one chunk at a time, outside the heap.
   *
   * @param chunkBytes the most a chunk may have, at least the size of an element. Chunks are as
   *     large as whole elements allow; the last may be smaller
   * @param reader takes the chunks; called never for a tensor without elements
   * @throws IllegalArgumentException if {@code chunkBytes} is too small, or the file is shorter
   *     than when its header was read
   * @throws UncheckedIOException if the file cannot be read
   */
  public void read(int chunkBytes, ChunkReader reader) {
    readFrom(0, chunkBytes, reader);
  }

  /**
   * Reads the data in order into a buffer of the caller's: memory outside the heap is given back
   * late, so one buffer should serve many tensors.
   *
   * @param buffer direct; its capacity is the most a chunk has, at least the size of an element
   * @param reader takes the chunks, which are parts of the buffer
   * @throws IllegalArgumentException as for {@link #read(int, ChunkReader)}
   * @throws UncheckedIOException if the file cannot be read
   */
  public void read(ByteBuffer buffer, ChunkReader reader) {
    readFrom(0, buffer, reader);
  }

  /** As {@link #read(int, ChunkReader)}, without the bytes before {@code begin}. */
  void readFrom(long begin, int chunkBytes, ChunkReader reader) {
    requireRoom(chunkBytes);
    readFrom(begin, ByteBuffer.allocateDirect((int) Math.min(bytes - begin, chunkBytes)), reader);
  }

  private void requireRoom(int chunkBytes) {
    Check.that(
        chunkBytes >= type.wholeBytes(),
        "%s: chunkBytes must be at least the %d of whole elements, got %d",
        place(file, name),
        type.wholeBytes(),
        chunkBytes);
  }

  private void readFrom(long begin, ByteBuffer chunk, ChunkReader reader) {
    if (bytes > begin) {
      requireRoom(chunk.capacity());
    }
    int size = chunk.capacity() - chunk.capacity() % type.wholeBytes();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      requireData(channel);
      for (long at = begin; at < bytes; at += size) {
        fill(channel, offset + at, chunk.clear().limit((int) Math.min(size, bytes - at)));
        reader.accept(at, chunk.slice().order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Whether another tensor has the same numbers, perhaps in another floating-point type. Reads both
   * up to the first difference.
   *
   * @param other a tensor of a file
   * @return false also where they are of different types of which one is not F32, F16 or BF16
   * @throws UncheckedIOException if a file cannot be read
   */
  public boolean holdsSame(TensorEntry other) {
    return TensorComparison.same(this, other);
  }

  /**
   * Whether {@link #map} maps, and does not copy.
   *
   * @return true if the file may be written: Java maps copy-on-write only what it may write
   */
  public boolean isMappable() {
    return Files.isWritable(file);
  }

  private ByteBuffer mapped() throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // Also because map would make a file that is too short longer.
      requireData(channel);
      return bytes == 0
          ? ByteBuffer.allocateDirect(0)
          : channel.map(FileChannel.MapMode.PRIVATE, offset, bytes);
    }
  }

  private ByteBuffer copied() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      requireData(channel);
      ByteBuffer copy = ByteBuffer.allocateDirect((int) bytes);
      fill(channel, offset, copy);
      return copy;
    }
  }

  void requireData(FileChannel channel) throws IOException {
    long size = channel.size();
    Check.that(
        size - bytes >= offset,
        "%s: the file must still have the %d bytes that its header states, got %d",
        place(file, name),
        offset + bytes,
        size);
  }

  static void fill(FileChannel channel, long position, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new EOFException("the file was shortened while it was read");
      }
    }
    target.flip();
  }

  UncheckedIOException failure(IOException e) {
    return new UncheckedIOException(
        String.format(Locale.ROOT, "cannot read %s: %s", place(file, name), e), e);
  }
}
