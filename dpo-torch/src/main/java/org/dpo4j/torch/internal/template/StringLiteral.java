package org.dpo4j.torch.internal.template;

/** What a string of a template stands for: Python's escapes. */
final class StringLiteral {

  private static final String ESCAPES = "\\'\"abfnrtv";
  private static final String VALUES = "\\'\"\u0007\b\f\n\r\t\u000b";

  private final Origin origin;
  private final int line;
  private final String raw;
  private final StringBuilder value = new StringBuilder();
  private int at;

  private StringLiteral(Origin origin, int line, String raw) {
    this.origin = origin;
    this.line = line;
    this.raw = raw;
  }

  static String value(Origin origin, int line, String raw) {
    StringLiteral literal = new StringLiteral(origin, line, raw);
    while (literal.at < raw.length()) {
      literal.next();
    }
    return literal.value.toString();
  }

  private void next() {
    char c = raw.charAt(at++);
    if (c != '\\') {
      value.append(c);
      return;
    }
    char escaped = raw.charAt(at++);
    int known = ESCAPES.indexOf(escaped);
    if (known >= 0) {
      value.append(VALUES.charAt(known));
      return;
    }
    switch (escaped) {
      case '\n' -> {}
      case 'x' -> code(2);
      case 'u' -> code(4);
      case 'U' -> code(8);
      case 'N', '0', '1', '2', '3', '4', '5', '6', '7' ->
          throw origin.refuse(line, "the escape \\" + escaped + " is not supported");
      default -> value.append('\\').append(escaped);
    }
  }

  private void code(int digits) {
    String hex = raw.substring(at, Math.min(raw.length(), at + digits));
    boolean valid = hex.matches("[0-9a-fA-F]{" + digits + "}");
    long code = valid ? Long.parseLong(hex, 16) : -1;
    if (code < 0 || code > Character.MAX_CODE_POINT || isSurrogate(code)) {
      throw origin.refuse(line, "a string must hold whole characters, got the escape " + hex);
    }
    value.appendCodePoint((int) code);
    at += digits;
  }

  private static boolean isSurrogate(long code) {
    return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
  }
}
