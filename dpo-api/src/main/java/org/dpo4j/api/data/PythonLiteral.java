package org.dpo4j.api.data;

import java.util.HashSet;
import java.util.Set;

/**
 * Recognises messages as Python prints them: {@code [{'role': 'user', 'content': "It's"}]}, one
 * dictionary, or an array of numpy, {@code array([{…}, {…}], dtype=object)} or without commas. Only
 * a text that as a whole is such is taken for it; an answer that only begins like one is an answer.
 */
final class PythonLiteral {

  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;
  private boolean hasMessage;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /** Whether a text is messages in Python's notation. */
  static boolean isMessages(String text) {
    String stripped = text.strip();
    if (!stripped.startsWith("[") && !stripped.startsWith("{") && !stripped.startsWith("array(")) {
      return false;
    }
    PythonLiteral literal = new PythonLiteral(stripped);
    return literal.value(0) && literal.at == stripped.length() && literal.hasMessage;
  }

  private boolean value(int depth) {
    skipSpace();
    if (depth > MAX_DEPTH || at >= text.length()) {
      return false;
    }
    char first = text.charAt(at);
    return switch (first) {
      case '[' -> list(']', depth);
      case '(' -> list(')', depth);
      case '{' -> dictionary(depth);
      case '\'', '"' -> string();
      default -> word(depth);
    };
  }

  /** Elements with commas, or as numpy prints them with white space only. */
  private boolean list(char end, int depth) {
    at++;
    while (true) {
      skipSpace();
      if (take(end)) {
        return true;
      }
      if (!value(depth + 1)) {
        return false;
      }
      skipSpace();
      take(',');
    }
  }

  private boolean dictionary(int depth) {
    at++;
    Set<String> keys = new HashSet<>();
    while (true) {
      skipSpace();
      if (take('}')) {
        boolean hasContent = keys.contains("content") || keys.contains("value");
        hasMessage |=
            (keys.contains("from") && keys.contains("value"))
                || (keys.contains("role") && (hasContent || depth > 0));
        return true;
      }
      int begin = at;
      if (!value(depth + 1)) {
        return false;
      }
      String key = text.substring(begin, at);
      if (key.length() >= 2) {
        keys.add(key.substring(1, key.length() - 1));
      }
      skipSpace();
      if (!take(':') || !value(depth + 1)) {
        return false;
      }
      skipSpace();
      take(',');
    }
  }

  private boolean string() {
    char quote = text.charAt(at++);
    while (at < text.length()) {
      char next = text.charAt(at++);
      if (next == '\\') {
        at++;
      } else if (next == quote) {
        return true;
      }
    }
    return false;
  }

  /** A number, None, True, or a call such as {@code array(…, dtype=object)}. */
  private boolean word(int depth) {
    int begin = at;
    while (at < text.length() && isOfWord(text.charAt(at))) {
      at++;
    }
    if (at == begin) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == '(') {
      return list(')', depth);
    }
    // A named argument: its value follows.
    return !take('=') || value(depth + 1);
  }

  private static boolean isOfWord(char character) {
    return Character.isLetterOrDigit(character) || "_.+-<>".indexOf(character) >= 0;
  }

  private boolean take(char expected) {
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
