package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** What Python knows of characters, which are code points to it. */
final class Characters {

  private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

  private static final int PIECE = 512;

  private Characters() {}

  /** {@code str.isspace} of one character. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /** How many characters there are. */
  static int count(Budget budget, String text) {
    budget.spend(text.length() / 8);
    return text.codePointCount(0, text.length());
  }

  /** Where a character begins, of which there are as many before. */
  static int offset(String text, int count, int characters) {
    return characters == text.length() ? count : text.offsetByCodePoints(0, count);
  }

  static String strip(String text) {
    return rightStrip(leftStrip(text, Characters::isSpace), Characters::isSpace);
  }

  static String leftStrip(String text, IntPredicate stripped) {
    int start = 0;
    while (start < text.length() && stripped.test(text.codePointAt(start))) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }

  static String rightStrip(String text, IntPredicate stripped) {
    int end = text.length();
    while (end > 0 && stripped.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  /** Piece by piece, as Java copies a text each time that a character becomes two of them. */
  static String upper(String text) {
    if (text.length() <= PIECE) {
      return text.toUpperCase(Locale.ROOT);
    }
    StringBuilder upper = new StringBuilder(text.length());
    int start = 0;
    while (start < text.length()) {
      int end = Math.min(start + PIECE, text.length());
      end += end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? 1 : 0;
      upper.append(text.substring(start, end).toUpperCase(Locale.ROOT));
      start = end;
    }
    return upper.toString();
  }

  /** All of it at once, for the sake of a sigma at its end; only a dotted capital I grows. */
  static String lower(String text) {
    return text.replace("\u0130", "i\u0307").toLowerCase(Locale.ROOT);
  }

  /** {@code str.capitalize}. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int second = Character.charCount(text.codePointAt(0));
    return titleCase(text.codePointAt(0)) + lower(text).substring(lowerLength(text, second));
  }

  /** Lower case of a whole text and not of its rest, for the sake of a sigma at its end. */
  private static int lowerLength(String text, int end) {
    return lower(text.substring(0, end)).length();
  }

  /** {@code str.title}: the first letter after what is no letter. */
  static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean afterCased = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      title.append(afterCased ? lowerAt(text, i, c) : titleCase(c));
      afterCased = isCased(c);
    }
    return title.toString();
  }

  private static String lowerAt(String text, int at, int c) {
    boolean isLast = at + 1 >= text.length() || !isCased(text.codePointAt(at + 1));
    return c == 'Σ' && isLast ? "ς" : lower(Character.toString(c));
  }

  private static String titleCase(int c) {
    int single = Character.toTitleCase(c);
    String upper = upper(Character.toString(c));
    if (single != c || upper.codePointCount(0, upper.length()) == 1) {
      return Character.toString(single);
    }
    int first = Character.charCount(upper.codePointAt(0));
    return upper.substring(0, first) + lower(upper.substring(first));
  }

  static String swapCase(String text) {
    StringBuilder swapped = new StringBuilder();
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      swapped.append(
          Character.isUpperCase(c)
              ? lowerAt(text, i, c)
              : Character.isLowerCase(c) ? upper(Character.toString(c)) : Character.toString(c));
    }
    return swapped.toString();
  }

  /** {@code str.casefold} of what is Latin. */
  static String foldCase(String text) {
    if (text.chars().anyMatch(c -> c > 0xff)) {
      throw new Halt("casefold of text that is not Latin is not supported");
    }
    return lower(text).replace("ß", "ss").replace('\u00b5', '\u03bc');
  }

  /** {@code str.splitlines}. */
  static List<Object> lines(Budget budget, String text, boolean keepEnds) {
    ImmutableList.Builder<Object> lines = ImmutableList.builder();
    budget.spend(text.length());
    int start = 0;
    int count = 0;
    for (int i = 0; i < text.length(); i++) {
      if (LINE_ENDS.indexOf(text.charAt(i)) >= 0) {
        int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
        budget.element(count++);
        lines.add(text.substring(start, keepEnds ? end : i));
        start = end;
        i = end - 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines.build();
  }
}
