package org.dpo4j.api.data.records;

import java.io.IOException;

/** A file in which it can't be said where the next record is. */
final class BrokenFileException extends IOException {

  private static final long serialVersionUID = 1;

  private final int line;

  BrokenFileException(int line, String message) {
    super(message);
    this.line = line;
  }

  int line() {
    return line;
  }
}
