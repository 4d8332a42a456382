package org.dpo4j.api.data.records;

import java.io.IOException;
import java.util.Optional;

/** A record a line; blank lines are none. */
final class LineSlicer implements Slicer {

  private final ByteCursor at;
  private final Slice.Collector collector;

  LineSlicer(ByteCursor at, int maxBytes) {
    this.at = at;
    this.collector = new Slice.Collector(maxBytes);
  }

  @Override
  public Optional<Slice> next() throws IOException {
    while (at.peek() != ByteCursor.END) {
      collector.start(at);
      for (int value = at.take(); value != ByteCursor.END && value != '\n'; value = at.take()) {
        collector.add(value);
      }
      if (!collector.isBlank()) {
        collector.trim();
        return Optional.of(collector.slice());
      }
    }
    return Optional.empty();
  }
}
