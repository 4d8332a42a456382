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
    int depth = 0;
    boolean inString = false;
    boolean escaped = false;
    do {
      int value = at.take();
      if (value == ByteCursor.END) {
        throw new BrokenFileException(
            line, "the file ends within the object that begins here; is it cut off?");
      }
      collector.add(value);
      if (inString) {
        inString = escaped || value != '"';
        escaped = value == '\\' && !escaped;
      } else if (value == '"') {
        inString = true;
      } else if (value == '{' || value == '[') {
        depth++;
      } else if (value == '}' || value == ']') {
        depth--;
      }
    } while (depth > 0);
    return Optional.of(collector.slice());
  }
}
