package org.dpo4j.api.data.records;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.ZipException;
import org.dpo4j.api.data.spi.RecordSource;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * A file of records: read in order, or one again by its position. Immutable; holds nothing open.
 */
public final class RecordFile {

  private final Path file;
  private final Path content;
  private final Packing packing;
  private final RecordFormat format;
  private final String kind;
  private final Place.Unit unit;

  private RecordFile(
      Path file, Path content, Packing packing, RecordFormat format, String kind, Place.Unit unit) {
    this.file = file;
    this.content = content;
    this.packing = packing;
    this.format = format;
    this.kind = kind;
    this.unit = unit;
  }

  /**
   * Opens a file, by the ending of its name, and reads the header if it has one.
   *
   * @param file JSON lines, a JSON array, CSV or TSV, any of them gzipped; or a table such as
   *     Parquet, if there is a source for it
   * @param maxBytes the most a record may have
   * @param part of a JSON file that holds several
   * @return the file
   * @throws IllegalArgumentException if the ending is another, or the file is no such file
   * @throws UncheckedIOException if it can't be read
   */
  public static RecordFile open(Path file, int maxBytes, Part part) {
    Optional<RecordSource> table = Tables.sourceOf(file);
    if (table.isPresent()) {
      requireFile(file);
      return new RecordFile(
          file,
          file,
          new Packing.Table(table.get()),
          RecordFormat.lines(maxBytes),
          table.get().kind(),
          Place.Unit.ROW);
    }
    FileKind kind =
        FileKind.of(file)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        file + ": the name must end in one of " + FileKind.ENDINGS));
    Packing packing = FileKind.isGzip(file) ? new Packing.Gzip() : new Packing.None();
    return reading(
        file,
        () -> {
          requireFile(file);
          try (InputStream in = packing.open(file)) {
            RecordFormat format = RecordFormat.of(kind, new ByteCursor(in), maxBytes, part);
            return new RecordFile(
                file,
                file,
                packing,
                format,
                kind
                    + (packing instanceof Packing.Gzip ? ", gzip" : "")
                    + (format.note().isEmpty() ? "" : ", " + format.note()),
                Place.Unit.LINE);
          }
        });
  }

  private static void requireFile(Path file) {
    Check.that(Files.exists(file), "%s: there is no such file", file);
    Check.that(Files.isRegularFile(file), "%s: must be a file", file);
  }

  /**
   * The file.
   *
   * @return as it was named
   */
  public Path file() {
    return file;
  }

  /**
   * How the file is written.
   *
   * @return for instance {@code JSON lines, gzip}
   */
  public String kind() {
    return kind;
  }

  /**
   * Whether a record can be read again without reading all before it.
   *
   * @return false for a compressed file or a table
   */
  public boolean isSeekable() {
    return packing instanceof Packing.None;
  }

  /**
   * This file with its content decompressed to another.
   *
   * @param copy where to; overwritten
   * @param maxBytes the most it may become
   * @return the same records under the same places, seekable
   * @throws IllegalArgumentException if the content is not a whole file of its kind, becomes more,
   *     or there is no room for it
   * @throws UncheckedIOException if one file can't be read or the other not written
   */
  public RecordFile decompressedTo(Path copy, long maxBytes) {
    return reading(
        file,
        () -> {
          try (InputStream in = packing.open(content)) {
            new Unpacking(file, copy, maxBytes).copy(in);
          }
          return new RecordFile(file, copy, new Packing.None(), format, kind, unit);
        });
  }

  /**
   * The records in order.
   *
   * @return before the first record; the caller closes it
   * @throws UncheckedIOException if the file can't be read
   */
  public Records records() {
    return reading(
        file,
        () -> {
          requireFile(content);
          InputStream in = packing.open(content);
          try {
            return new Records(this, in, format.slicer(new ByteCursor(in)));
          } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
          }
        });
  }

  /**
   * A record read again. Any thread may; the file is opened for it and closed again.
   *
   * @param position where it was found
   * @return the record
   * @throws IllegalStateException if the file is another by now
   * @throws UncheckedIOException if it can't be read
   */
  public DataRecord read(Position position) {
    Place place = place(position.number());
    byte[] bytes = new byte[position.length()];
    // A channel would be closed for everyone when the reading thread is interrupted.
    try (RandomAccessFile in = new RandomAccessFile(content.toFile(), "r")) {
      in.seek(position.offset());
      in.readFully(bytes);
    } catch (EOFException e) {
      throw changed(place, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + place + ": " + e.getMessage(), e);
    }
    if (check(bytes) != position.check()) {
      throw changed(place, null);
    }
    try {
      return new DataRecord(place, format.parser().parse(bytes));
    } catch (MalformedRecordException e) {
      throw changed(place, e);
    }
  }

  Place place(int number) {
    return new Place(file, number, unit);
  }

  RecordFormat format() {
    return format;
  }

  static int check(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static IllegalStateException changed(Place place, @Nullable Throwable cause) {
    return new IllegalStateException(
        place + ": the file has changed since it was indexed; read it again", cause);
  }

  /** What reads a file. */
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Gives exceptions of reading their message. */
  static <T> T reading(Path file, Reading<T> reading) {
    try {
      return reading.read();
    } catch (BrokenFileException e) {
      Place place = new Place(file, e.line(), Place.Unit.LINE);
      throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(
          file + ": is not a whole gzip file; it may be cut off, or not be gzip at all", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
