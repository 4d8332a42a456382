package org.dpo4j.torch.internal.template;

import com.google.common.primitives.ImmutableIntArray;

/** Looking for one text in another, in time that grows with the sum of both. */
final class TextSearch {

  /** Up to here a search by brute force is quick enough. */
  private static final int SHORT = 16;

  private TextSearch() {}

  /** Where a part comes first, from an index on, or -1. */
  static int find(Budget budget, String text, String part, int from) {
    if (part.length() > text.length() - from) {
      return -1;
    }
    if (part.length() <= SHORT) {
      int at = text.indexOf(part, from);
      budget.spend((at < 0 ? text.length() : at) - from + 1L);
      return at;
    }
    int[] borders = borders(part);
    int at = find(text, part, borders, from);
    budget.spend((at < 0 ? text.length() : at) - from + 2L * part.length());
    return at;
  }

  private static int find(String text, String part, int[] borders, int from) {
    int matched = 0;
    for (int i = from; i < text.length(); i++) {
      while (matched > 0 && text.charAt(i) != part.charAt(matched)) {
        matched = borders[matched - 1];
      }
      matched += text.charAt(i) == part.charAt(matched) ? 1 : 0;
      if (matched == part.length()) {
        return i + 1 - matched;
      }
    }
    return -1;
  }

  /** Of each beginning of a text, how long the longest is that it also ends with. */
  private static int[] borders(String part) {
    int[] borders = new int[part.length()];
    for (int i = 1, matched = 0; i < part.length(); i++) {
      while (matched > 0 && part.charAt(i) != part.charAt(matched)) {
        matched = borders[matched - 1];
      }
      matched += part.charAt(i) == part.charAt(matched) ? 1 : 0;
      borders[i] = matched;
    }
    return borders;
  }

  /** Where a part comes last, or -1. */
  static int findLast(Budget budget, String text, String part) {
    budget.spend(text.length() + part.length());
    if (part.length() <= SHORT) {
      return text.lastIndexOf(part);
    }
    int at = find(budget, reversed(text), reversed(part), 0);
    return at < 0 ? -1 : text.length() - at - part.length();
  }

  /** Where a part that is not empty comes, none within another, at most so often. */
  static ImmutableIntArray all(Budget budget, String text, String part, int most) {
    ImmutableIntArray.Builder places = ImmutableIntArray.builder();
    int count = 0;
    int at = most == 0 ? -1 : find(budget, text, part, 0);
    while (at >= 0) {
      budget.spend(4);
      places.add(at);
      count++;
      at = most >= 0 && count >= most ? -1 : find(budget, text, part, at + part.length());
    }
    return places.build();
  }

  /** The same from the end: the last ones, in their order. */
  static ImmutableIntArray allFromEnd(Budget budget, String text, String part, int most) {
    budget.characters(2L * text.length());
    ImmutableIntArray mirrored = all(budget, reversed(text), reversed(part), most);
    ImmutableIntArray.Builder places = ImmutableIntArray.builder(mirrored.length());
    for (int i = mirrored.length() - 1; i >= 0; i--) {
      places.add(text.length() - mirrored.get(i) - part.length());
    }
    return places.build();
  }

  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }
}
