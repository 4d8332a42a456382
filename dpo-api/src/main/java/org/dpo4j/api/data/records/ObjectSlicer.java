package org.dpo4j.api.data.records;

import java.io.IOException;
import java.util.Optional;

/** A record an object, over as many lines as it takes, one after the other. */
final class ObjectSlicer implements Slicer {

  private final ByteCursor at;
  private final Slice.Collector collector;

  ObjectSlicer(ByteCursor at, int maxBytes) {
    this.at = at;
    this.collector = new Slice.Collector(maxBytes);
  }

  @Override
  public Optional<Slice> next() throws IOException {
    while (Slice.isSpace(at.peek())) {
      at.take();
    }
    if (at.peek() == ByteCursor.END) {
      return Optional.empty();
    }
    int line = at.line();
    if (at.peek() != '{') {
      throw new BrokenFileException(line, "an object must follow, or the end of the file");
    }
    collector.start(at);
    JsonNesting nesting = new JsonNesting();
    do {
      int value = at.take();
      if (value == ByteCursor.END) {
        throw new BrokenFileException(
            line, "the file ends within the object that begins here; is it cut off?");
      }
      collector.add(value);
      nesting.pass(value);
    } while (!nesting.isOutside());
    return Optional.of(collector.slice());
  }
}
