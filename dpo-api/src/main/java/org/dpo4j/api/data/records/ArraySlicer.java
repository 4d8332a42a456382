package org.dpo4j.api.data.records;

import java.io.IOException;
import java.util.Optional;

/** A record an element of a JSON array: that which the file is, or one inside of it. */
final class ArraySlicer implements Slicer {

  private final ByteCursor at;
  private final long start;
  private final boolean isWhole;
  private final Slice.Collector collector;
  private boolean isOpen;
  private boolean isClosed;

  /**
   * Reads an array.
   *
   * @param start where its bracket is
   * @param isWhole whether the file is this array
   */
  ArraySlicer(ByteCursor at, long start, boolean isWhole, int maxBytes) {
    this.at = at;
    this.start = start;
    this.isWhole = isWhole;
    this.collector = new Slice.Collector(maxBytes);
  }

  @Override
  public Optional<Slice> next() throws IOException {
    if (isClosed) {
      return Optional.empty();
    }
    while (at.offset() < start) {
      at.take();
    }
    skipSpace();
    if (!isOpen) {
      at.take();
      isOpen = true;
      skipSpace();
      if (at.peek() == ']') {
        at.take();
        close();
        return Optional.empty();
      }
    }
    collector.start(at);
    int line = at.line();
    int end = collect();
    if (end == ByteCursor.END) {
      throw new BrokenFileException(
          line, "the file ends within the element of the array that begins here; is it cut off?");
    }
    if (end == ']') {
      close();
    }
    collector.trim();
    return Optional.of(collector.slice());
  }

  /** Up to the comma or bracket that ends the element, which is returned. */
  private int collect() throws IOException {
    JsonNesting nesting = new JsonNesting();
    while (true) {
      int value = at.take();
      boolean ends = nesting.isOutside() && (value == ',' || value == ']');
      if (ends || value == ByteCursor.END) {
        return value;
      }
      nesting.pass(value);
      collector.add(value);
    }
  }

  private void close() throws IOException {
    isClosed = true;
    skipSpace();
    if (isWhole && at.peek() != ByteCursor.END) {
      throw new BrokenFileException(at.line(), "nothing may follow the end of the array");
    }
  }

  private void skipSpace() throws IOException {
    while (Slice.isSpace(at.peek())) {
      at.take();
    }
  }
}
