package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.ByteStreams;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.TensorShape;

/**
 * Tensors of fp32 in a stream of safetensors: a header that keeps all rules of {@link
 * SafetensorsFile}, then the data, which are read once, in their order, a few rows at a time.
 */
public final class SafetensorsStream {

  private static final int CHUNK_BYTES = 1 << 20;

  private final Path name;
  private final InputStream data;
  private final ImmutableList<HeaderJson.Declared> tensors;
  private final ImmutableMap<String, String> metadata;

  private SafetensorsStream(
      Path name,
      InputStream data,
      ImmutableList<HeaderJson.Declared> tensors,
      ImmutableMap<String, String> metadata) {
    this.name = name;
    this.data = data;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /** Takes a tensor a few rows at a time. */
  public interface RowReader {

    /**
     * Takes rows.
     *
     * @param tensor its name
     * @param row the first of them
     * @param rows how many there are, ≥ 1
     * @param numbers their bytes, little-endian, direct; overwritten after the call
     */
    void accept(String tensor, long row, int rows, ByteBuffer numbers);
  }

  /**
   * Reads the header.
   *
   * @param name how messages call the stream
   * @param in at its start; stays the caller's
   * @return the tensors, their data not yet read
   * @throws IllegalArgumentException if the header breaks a rule, or a tensor is of another type
   * @throws IOException if the stream fails or ends
   */
  public static SafetensorsStream open(Path name, InputStream in) throws IOException {
    byte[] start = in.readNBytes(Header.LENGTH_BYTES);
    Check.that(
        start.length == Header.LENGTH_BYTES,
        "%s: must be at least %d bytes, got %d",
        name,
        Header.LENGTH_BYTES,
        start.length);
    long stated = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    InputStream text = ByteStreams.limit(in, Header.checkLength(name, stated));
    HeaderJson json = HeaderJson.parse(name, text);
    ImmutableList<HeaderJson.Declared> tensors = Header.ordered(name, json.tensors());
    for (HeaderJson.Declared tensor : tensors) {
      Check.that(
          tensor.type() == TensorType.F32,
          "%s: must be of F32, got %s",
          TensorEntry.place(name, tensor.name()),
          tensor.type());
    }
    return new SafetensorsStream(name, in, tensors, json.metadata());
  }

  /**
   * What there is.
   *
   * @return shapes by name, in the order of the data
   */
  public ImmutableMap<String, TensorShape> shapes() {
    return tensors.stream()
        .collect(
            ImmutableMap.toImmutableMap(HeaderJson.Declared::name, HeaderJson.Declared::shape));
  }

  /**
   * What the stream says about itself.
   *
   * @return its {@code __metadata__}
   */
  public ImmutableMap<String, String> metadata() {
    return metadata;
  }

  /**
   * Reads all data, once.
   *
   * @param reader takes them; a row is what the first dimension counts, and may be of any size
   * @throws IOException if the stream fails, or has more or fewer bytes than its header says
   */
  public void read(RowReader reader) throws IOException {
    int largest = tensors.stream().mapToInt(SafetensorsStream::chunkBytes).max().orElse(0);
    byte[] bytes = new byte[largest];
    ByteBuffer buffer = ByteBuffer.allocateDirect(largest).order(ByteOrder.LITTLE_ENDIAN);
    for (HeaderJson.Declared tensor : tensors) {
      int rowBytes = rowBytes(tensor);
      long left = tensor.end() - tensor.begin();
      for (long row = 0; left > 0; row += chunkBytes(tensor) / rowBytes) {
        int size = (int) Math.min(left, chunkBytes(tensor));
        fill(tensor, bytes, size);
        buffer.clear().put(bytes, 0, size).flip();
        reader.accept(tensor.name(), row, size / rowBytes, buffer);
        left -= size;
      }
    }
    if (data.read() >= 0) {
      throw new IOException(name + " has more bytes than its header says");
    }
  }

  private void fill(HeaderJson.Declared tensor, byte[] bytes, int size) throws IOException {
    if (data.readNBytes(bytes, 0, size) < size) {
      throw new EOFException(TensorEntry.place(name, tensor.name()) + " is truncated");
    }
  }

  private static int rowBytes(HeaderJson.Declared tensor) {
    long rows = tensor.shape().sizes().isEmpty() ? 1 : tensor.shape().sizes().get(0);
    return Math.toIntExact((tensor.end() - tensor.begin()) / Math.max(1, rows));
  }

  /** Whole rows, at least one. */
  private static int chunkBytes(HeaderJson.Declared tensor) {
    int row = rowBytes(tensor);
    return (int)
        Math.min(
            tensor.end() - tensor.begin(), Math.max(row, CHUNK_BYTES / Math.max(1, row) * row));
  }
}
