package org.dpo4j.api.data.records;

/** Where one is within JSON that is read byte by byte: how deep, and whether in a string. */
final class JsonNesting {

  private int depth;
  private boolean inString;
  private boolean escaped;

  /** Goes past a byte. */
  void pass(int value) {
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
  }

  /** Whether all that began has ended. */
  boolean isOutside() {
    return depth == 0 && !inString;
  }
}
