package org.dpo4j.api.data.records;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a file one by one, with their offset and line. */
final class ByteCursor {

  static final int END = -1;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private long read;
  private int line = 1;

  ByteCursor(InputStream in) throws IOException {
    this.in = in;
    skipByteOrderMark();
  }

  /** The next byte, not consumed, or {@link #END}. */
  int peek() throws IOException {
    return next < end || fill() ? buffer[next] & 0xff : END;
  }

  /** The next byte, or {@link #END}. */
  int take() throws IOException {
    int value = peek();
    if (value != END) {
      next++;
      line += value == '\n' ? 1 : 0;
    }
    return value;
  }

  /** Offset of the next byte. */
  long offset() {
    return read - (end - next);
  }

  /** Line of the next byte, from 1. */
  int line() {
    return line;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer));
    read += end;
    return end > 0;
  }

  /** Spreadsheets begin UTF-8 files with one. */
  private void skipByteOrderMark() throws IOException {
    // A stream may give its first bytes one by one.
    end = Math.max(0, in.readNBytes(buffer, 0, 3));
    read = end;
    if (end == 3
        && (buffer[0] & 0xff) == 0xef
        && (buffer[1] & 0xff) == 0xbb
        && (buffer[2] & 0xff) == 0xbf) {
      next = 3;
    }
  }
}
