package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableList;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.files.AtomicFile;

/**
 * Writes one safetensors file, whole or not at all, that {@link SafetensorsFile} can read; or the
 * same bytes into a stream.
 */
public final class SafetensorsWriter {

  private SafetensorsWriter() {}

  /**
   * Writes a file, replacing one that is there. Tensors with large elements come first, else in the
   * order given, and the data begin at a multiple of 8 bytes; so every tensor is aligned.
   *
   * <p>Where this fails, the message names the file and the tensor; what was there before is then
   * still there, and nothing else.
   *
   * @param file in a directory that exists
   * @param tensors what to write; each content is asked once, one after the other
   * @param metadata what the file says about itself
   * @throws IllegalArgumentException if two tensors have one name, a limit of {@link
   *     SafetensorsFile} is passed, or a content writes more or fewer bytes than its tensor has
   * @throws UncheckedIOException if the file cannot be written or a content fails with an {@link
   *     IOException}
   * @throws IllegalStateException if a content fails in another way
   */
  public static void write(Path file, List<TensorSource> tensors, Map<String, String> metadata) {
    AtomicFile.write(file, content(file, tensors, metadata));
  }

  /**
   * Writes the same bytes into a stream, which whoever made it keeps whole.
   *
   * @param name how messages call what is written
   * @param out buffered; stays open
   * @param tensors as for {@link #write(Path, List, Map)}
   * @param metadata as for {@link #write(Path, List, Map)}
   * @throws IllegalArgumentException as for {@link #write(Path, List, Map)}
   * @throws IOException if the stream or a content fails with one; the message names the tensor
   * @throws IllegalStateException if a content fails in another way
   */
  public static void write(
      Path name, OutputStream out, List<TensorSource> tensors, Map<String, String> metadata)
      throws IOException {
    AtomicFile.Content content = content(name, tensors, metadata);
    try {
      content.writeTo(Channels.newChannel(out));
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static AtomicFile.Content content(
      Path file, List<TensorSource> tensors, Map<String, String> metadata) {
    Limits.checkTensors(file.toString(), tensors.size());
    checkNames(file.toString(), tensors);
    Limits.checkMetadata(file + ": " + Limits.METADATA, metadata);
    ImmutableList<TensorSource> ordered =
        ImmutableList.sortedCopyOf(
            Comparator.comparingInt((TensorSource tensor) -> -tensor.type().bits()), tensors);
    ByteBuffer header = header(file, ordered, metadata);
    return out -> {
      out.write(header);
      for (TensorSource tensor : ordered) {
        write(file, tensor, out);
      }
    };
  }

  /** Refuses two tensors of one name. */
  static void checkNames(String place, List<TensorSource> tensors) {
    Set<String> names = new HashSet<>();
    for (TensorSource tensor : tensors) {
      Check.that(
          names.add(tensor.name()),
          "%s: tensor %s must be there once, got it twice",
          place,
          Shown.text(tensor.name()));
    }
  }

  private static ByteBuffer header(
      Path file, List<TensorSource> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonWriter writer = new JsonWriter(new OutputStreamWriter(json, StandardCharsets.UTF_8))) {
      writer.setHtmlSafe(false);
      writer.beginObject();
      metadata(writer, metadata);
      long begin = 0;
      for (TensorSource tensor : tensors) {
        long end = Math.addExact(begin, tensor.bytes());
        entry(writer, tensor, begin, end);
        begin = end;
      }
      writer.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(file + ": tensors must be fewer bytes than 2^63", e);
    }
    while (json.size() % Header.LENGTH_BYTES != 0) {
      json.write(' ');
    }
    Check.that(
        json.size() <= Header.MAX_BYTES,
        "%s: header must be at most %d bytes, got %d",
        file,
        Header.MAX_BYTES,
        json.size());
    return ByteBuffer.allocate(Header.LENGTH_BYTES + json.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.size())
        .put(json.toByteArray())
        .flip();
  }

  private static void metadata(JsonWriter writer, Map<String, String> metadata) throws IOException {
    if (!metadata.isEmpty()) {
      writer.name(Limits.METADATA).beginObject();
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        writer.name(entry.getKey()).value(entry.getValue());
      }
      writer.endObject();
    }
  }

  private static void entry(JsonWriter writer, TensorSource tensor, long begin, long end)
      throws IOException {
    writer.name(tensor.name()).beginObject();
    writer.name("dtype").value(tensor.type().name());
    writer.name("shape").beginArray();
    for (long size : tensor.shape().sizes().asList()) {
      writer.value(size);
    }
    writer.endArray();
    writer.name("data_offsets").beginArray().value(begin).value(end).endArray();
    writer.endObject();
  }

  private static void write(Path file, TensorSource tensor, WritableByteChannel out) {
    String place = TensorEntry.place(file, tensor.name());
    CountedBytes counted = new CountedBytes(out, tensor.bytes());
    try {
      tensor.content().writeTo(counted);
    } catch (IOException e) {
      counted.requireNotMore(place);
      throw new UncheckedIOException("cannot write " + place + ": " + e, e);
    } catch (RuntimeException e) {
      counted.requireNotMore(place);
      throw new IllegalStateException("cannot write " + place + ": " + e, e);
    }
    counted.requireNotMore(place);
    counted.requireAll(place);
  }
}
