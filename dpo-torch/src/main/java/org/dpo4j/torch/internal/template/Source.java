package org.dpo4j.torch.internal.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A template that is being read, and the line that reading has come to. */
final class Source {

  private final String text;
  private int position;
  private int line = 1;

  Source(String text) {
    this.text = text;
  }

  int position() {
    return position;
  }

  int line() {
    return line;
  }

  int length() {
    return text.length();
  }

  boolean isAtEnd() {
    return position >= text.length();
  }

  /** The character at an index, a space beyond the end. */
  char at(int index) {
    return index < text.length() ? text.charAt(index) : ' ';
  }

  /** The next character, a space at the end. */
  char peek() {
    return at(position);
  }

  boolean startsWith(String prefix) {
    return text.startsWith(prefix, position);
  }

  /** Where a text comes next, or -1. */
  int find(String part) {
    return text.indexOf(part, position);
  }

  /** Matches a pattern from here on. */
  Matcher matcher(Pattern pattern) {
    return pattern.matcher(text).region(position, text.length());
  }

  String until(int end) {
    return text.substring(position, end);
  }

  void skipTo(int end) {
    while (position < end) {
      line += text.charAt(position) == '\n' ? 1 : 0;
      position++;
    }
  }

  void skipSpace() {
    while (!isAtEnd() && Characters.isSpace(peek())) {
      skipTo(position + 1);
    }
  }
}
