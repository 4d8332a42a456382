package org.dpo4j.torch.internal.template;

import java.util.Locale;

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
      case 'N' -> named();
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
      default -> unknown(raw.codePointAt(at - 1));
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

  private void octal() {
    int end = at;
    while (end < Math.min(raw.length(), at + 2) && "01234567".indexOf(raw.charAt(end)) >= 0) {
      end++;
    }
    value.appendCodePoint(Integer.parseInt(raw.substring(at - 1, end), 8));
    at = end;
  }

  private void named() {
    int end = raw.indexOf('}', at);
    if (end < 0 || raw.charAt(at) != '{') {
      throw origin.refuse(line, "the escape \\N must name a character in braces");
    }
    String name = raw.substring(at + 1, end);
    try {
      value.appendCodePoint(Character.codePointOf(name));
    } catch (IllegalArgumentException e) {
      throw origin.refuse(line, "the character named '" + name + "' is not known");
    }
    at = end + 1;
  }

  /** Jinja escapes what is beyond ASCII before it reads escapes, and so the backslash stays. */
  private void unknown(int escaped) {
    value.append('\\');
    at += Character.charCount(escaped) - 1;
    if (escaped < 0x80) {
      value.appendCodePoint(escaped);
    } else {
      String form = escaped < 0x100 ? "x%02x" : escaped < 0x10000 ? "u%04x" : "U%08x";
      value.append(String.format(Locale.ROOT, form, escaped));
    }
  }

  private static boolean isSurrogate(long code) {
    return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
  }
}
