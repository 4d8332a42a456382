package org.dpo4j.api.data.records;

/** Text of a file as a message may show it: one line, short, nothing that does not print. */
public final class Shown {

  private static final int MAX_CHARACTERS = 80;

  private Shown() {}

  /**
   * A text made fit for a message.
   *
   * @param text from anywhere
   * @return its first 80 characters, whatever does not print as {@code \\uXXXX}
   */
  public static String text(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARACTERS)
        .forEach(
            character -> {
              if (prints(character)) {
                shown.appendCodePoint(character);
              } else {
                shown.append(String.format("\\u%04x", character));
              }
            });
    return text.codePointCount(0, text.length()) > MAX_CHARACTERS ? shown + "…" : shown.toString();
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
