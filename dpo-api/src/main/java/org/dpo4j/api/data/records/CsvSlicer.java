package org.dpo4j.api.data.records;

import java.io.IOException;
import java.util.Optional;

/** A record a line, unless the line's end is quoted (RFC 4180); empty lines are no records. */
final class CsvSlicer implements Slicer {

  private enum State {
    FIELD_START,
    UNQUOTED,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  private final ByteCursor at;
  private final char separator;
  private final Slice.Collector collector;

  CsvSlicer(ByteCursor at, char separator, int maxBytes) {
    this.at = at;
    this.separator = separator;
    this.collector = new Slice.Collector(maxBytes);
  }

  @Override
  public Optional<Slice> next() throws IOException {
    while (at.peek() != ByteCursor.END) {
      collector.start(at);
      collect();
      collector.dropCarriageReturn();
      Slice slice = collector.slice();
      if (slice.bytes().length > 0) {
        return Optional.of(slice);
      }
    }
    return Optional.empty();
  }

  private void collect() throws IOException {
    State state = State.FIELD_START;
    int quoteLine = at.line();
    while (true) {
      int line = at.line();
      int value = at.take();
      if (value == ByteCursor.END) {
        if (state == State.QUOTED) {
          throw new BrokenFileException(
              quoteLine,
              "a quoted field begins here and never ends, so that the rest can't be read");
        }
        return;
      }
      if (value == '\n' && state != State.QUOTED) {
        return;
      }
      State next = after(state, value);
      if (next == State.QUOTED && state == State.FIELD_START) {
        quoteLine = line;
      }
      state = next;
      collector.add(value);
    }
  }

  private State after(State state, int value) {
    if (value == '"') {
      return switch (state) {
        case FIELD_START, QUOTE_IN_QUOTED -> State.QUOTED;
        case QUOTED -> State.QUOTE_IN_QUOTED;
        case UNQUOTED -> State.UNQUOTED;
      };
    }
    if (state == State.QUOTED) {
      return State.QUOTED;
    }
    return value == separator ? State.FIELD_START : State.UNQUOTED;
  }
}
