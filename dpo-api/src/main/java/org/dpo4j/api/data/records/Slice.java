package org.dpo4j.api.data.records;

import java.util.Arrays;

/** The bytes of a record. */
final class Slice {

  private final long offset;
  private final int line;
  private final byte[] bytes;
  private final boolean tooLong;

  private Slice(long offset, int line, byte[] bytes, boolean tooLong) {
    this.offset = offset;
    this.line = line;
    this.bytes = bytes;
    this.tooLong = tooLong;
  }

  /** Offset of the first byte. */
  long offset() {
    return offset;
  }

  /** Line of the first byte, from 1. */
  int line() {
    return line;
  }

  /** The record, or its beginning if it is too long; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Whether there is more than may be held. */
  boolean tooLong() {
    return tooLong;
  }

  /** Collects the bytes of a slice, up to a limit. */
  static final class Collector {
    private final int most;
    private byte[] bytes = new byte[1 << 10];
    private long offset;
    private int line;
    private int length;
    private boolean tooLong;

    Collector(int most) {
      this.most = most;
    }

    void start(ByteCursor at) {
      offset = at.offset();
      line = at.line();
      length = 0;
      tooLong = false;
    }

    void add(int value) {
      if (length == most) {
        tooLong = true;
        return;
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(most, 2L * length));
      }
      bytes[length++] = (byte) value;
    }

    /** Drops white space at the end. */
    void trim() {
      while (length > 0 && isSpace(bytes[length - 1])) {
        length--;
      }
    }

    boolean isBlank() {
      for (int i = 0; i < length; i++) {
        if (!isSpace(bytes[i])) {
          return false;
        }
      }
      return true;
    }

    /** Drops the carriage return of a line that ends in one. */
    void dropCarriageReturn() {
      if (length > 0 && bytes[length - 1] == '\r') {
        length--;
      }
    }

    Slice slice() {
      return new Slice(offset, line, Arrays.copyOf(bytes, length), tooLong);
    }
  }

  /** Whether a byte is white space of JSON. */
  static boolean isSpace(int value) {
    return value == ' ' || value == '\t' || value == '\n' || value == '\r';
  }
}
