package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.files.LfsPointer;
import org.jspecify.annotations.Nullable;

/** What the start of a file says about the rest, every rule checked. */
record Header(ImmutableMap<String, TensorEntry> tensors, ImmutableMap<String, String> metadata) {

  /** The bytes before the header, which hold its length. */
  static final int LENGTH_BYTES = 8;

  /** The longest header the format allows. */
  static final int MAX_BYTES = 100_000_000;

  static Header read(Path file) {
    Check.that(
        !Files.exists(file) || Files.isRegularFile(file), "%s: must be a regular file", file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      LfsPointer.refuse(file);
      long size = channel.size();
      int length = length(file, channel, size);
      InputStream text = Channels.newInputStream(channel.position(LENGTH_BYTES));
      HeaderJson json = HeaderJson.parse(file, ByteStreams.limit(text, length));
      return new Header(layOut(file, json.tensors(), LENGTH_BYTES + length, size), json.metadata());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  private static int length(Path file, FileChannel channel, long size) throws IOException {
    Check.that(
        size >= LENGTH_BYTES, "%s: must be at least %d bytes, got %d", file, LENGTH_BYTES, size);
    ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
    ByteStreams.read(Channels.newInputStream(channel), start.array(), 0, start.capacity());
    long length = checkLength(file, start.getLong(0));
    Check.that(
        LENGTH_BYTES + length <= size,
        "%s: is truncated: its header must end by byte %d, got a file of %d",
        file,
        LENGTH_BYTES + length,
        size);
    byte first = start.get(LENGTH_BYTES);
    Check.that(
        length > 0 && first == '{',
        "%s: header must start with '{', got %s",
        file,
        length == 0 ? "nothing" : String.format(Locale.ROOT, "byte 0x%02x", first));
    return (int) length;
  }

  /** The length a file states, if the format allows it. */
  static int checkLength(Path file, long length) {
    Check.that(
        length >= 0 && length <= MAX_BYTES,
        "%s: header must be at most %d bytes, got %s",
        file,
        MAX_BYTES,
        Long.toUnsignedString(length));
    return (int) length;
  }

  private static ImmutableMap<String, TensorEntry> layOut(
      Path file, ImmutableList<HeaderJson.Declared> declared, long start, long size) {
    ImmutableList<HeaderJson.Declared> ordered = ordered(file, declared);
    long needed = start + (ordered.isEmpty() ? 0 : ordered.get(ordered.size() - 1).end());
    Check.that(size >= needed, "%s: is truncated: must be %d bytes, got %d", file, needed, size);
    Check.that(
        size <= needed, "%s: has trailing bytes: must be %d bytes, got %d", file, needed, size);
    return ordered.stream()
        .collect(
            ImmutableMap.toImmutableMap(
                HeaderJson.Declared::name, tensor -> tensor.entry(file, start)));
  }

  /** In the order of their data, which are checked to follow each other. */
  static ImmutableList<HeaderJson.Declared> ordered(
      Path file, ImmutableList<HeaderJson.Declared> declared) {
    // A tensor without elements comes before the one that begins at the same place.
    ImmutableList<HeaderJson.Declared> ordered =
        ImmutableList.sortedCopyOf(
            Comparator.comparingLong(HeaderJson.Declared::begin)
                .thenComparingLong(HeaderJson.Declared::end),
            declared);
    HeaderJson.@Nullable Declared previous = null;
    for (HeaderJson.Declared tensor : ordered) {
      check(file, tensor, previous);
      previous = tensor;
    }
    return ordered;
  }

  private static void check(
      Path file, HeaderJson.Declared tensor, HeaderJson.@Nullable Declared previous) {
    String place = TensorEntry.place(file, tensor.name());
    long expected = previous == null ? 0 : previous.end();
    Check.that(
        tensor.begin() >= expected,
        "%s: data must not overlap: must begin at %d, %s, got %d",
        place,
        expected,
        after(previous),
        tensor.begin());
    Check.that(
        tensor.begin() == expected,
        "%s: data must leave no hole: must begin at %d, %s, got %d",
        place,
        expected,
        after(previous),
        tensor.begin());
    long bytes = TensorBytes.of(place, tensor.type(), tensor.shape());
    Check.that(
        tensor.end() - tensor.begin() == bytes,
        "%s: data_offsets must span the %d bytes of shape %s of %s, got %d",
        place,
        bytes,
        tensor.shape(),
        tensor.type(),
        tensor.end() - tensor.begin());
  }

  private static String after(HeaderJson.@Nullable Declared previous) {
    return previous == null ? "the first byte" : "after tensor " + Shown.text(previous.name());
  }
}
