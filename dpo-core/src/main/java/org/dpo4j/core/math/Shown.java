package org.dpo4j.core.math;

import java.util.Locale;

/** Text of an untrusted file as a message may show it: one line, no control characters, short. */
public final class Shown {

  private static final int MAX_CHARACTERS = 200;

  private Shown() {}

  /**
   * A text made fit for a message.
   *
   * @param text from anywhere
   * @return its first 200 characters, whatever does not print as {@code \\uXXXX}
   */
  public static String text(String text) {
    if (text.length() <= MAX_CHARACTERS && isPlain(text)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARACTERS)
        .forEach(
            character -> {
              if (prints(character)) {
                shown.appendCodePoint(character);
              } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", character));
              }
            });
    return text.codePointCount(0, text.length()) > MAX_CHARACTERS ? shown + "…" : shown.toString();
  }

  /** Whether a text is as nearly all are: messages are made ready for every tensor of a file. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean prints(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          // Characters that reorder the text around them are among these.
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
