package org.dpo4j.api.data.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The records of a file in order, the file held open. Not for several threads. */
public final class Records implements AutoCloseable {

  private final RecordFile file;
  private final InputStream in;
  private final Slicer slicer;
  private boolean isPastHeader;
  private Optional<Slice> current = Optional.empty();

  Records(RecordFile file, InputStream in, Slicer slicer) {
    this.file = file;
    this.in = in;
    this.slicer = slicer;
  }

  /**
   * Goes to the next record.
   *
   * @return false at the end
   * @throws IllegalArgumentException if it can't be said where the record ends
   * @throws UncheckedIOException if the file can't be read
   */
  public boolean advance() {
    if (!isPastHeader && file.format().hasHeader()) {
      next();
    }
    isPastHeader = true;
    current = next();
    return current.isPresent();
  }

  /**
   * Where the record is.
   *
   * @return its place
   */
  public Place place() {
    return file.place(current().line());
  }

  /**
   * Where the record is found again.
   *
   * @return its position
   */
  public Position position() {
    Slice slice = current();
    return new Position(
        slice.offset(), slice.bytes().length, slice.line(), RecordFile.check(slice.bytes()));
  }

  /**
   * The record.
   *
   * @return its fields
   * @throws MalformedRecordException if it is none; those that follow may be
   * @throws IllegalArgumentException if the rest of the file can't be read because of it
   */
  public DataRecord record() throws MalformedRecordException {
    Slice slice = current();
    if (slice.tooLong()) {
      throw new MalformedRecordException(
          "a record must be at most " + file.format().maxBytes() + " bytes");
    }
    try {
      return new DataRecord(place(), file.format().parser().parse(slice.bytes()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(place() + ": " + e.getMessage(), e);
    }
  }

  /** Closes the file. */
  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file.file() + ": " + e.getMessage(), e);
    }
  }

  private Slice current() {
    return current.orElseThrow(
        () -> new IllegalStateException("there is no record here: advance() must have said true"));
  }

  private Optional<Slice> next() {
    return RecordFile.reading(file.file(), slicer::next);
  }
}
