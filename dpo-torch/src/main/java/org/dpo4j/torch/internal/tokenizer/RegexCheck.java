package org.dpo4j.torch.internal.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps away patterns on which the native regex engine gives up, because it then ends the JVM: it
 * does so after ten million steps back within one attempt to match. So the number of ways in which
 * a pattern can match at one position before it fails is bounded here, for the longest text.
 *
 * <p>Understands the part of the syntax that published tokenizers use, and refuses the rest.
 */
final class RegexCheck {

  /** The most characters that a pattern is run on. */
  static final long MAX_CHARACTERS = 2_000_000;

  // o200k's, the most demanding of the published ones, has 2 + 2·n + n + n + a few.
  private static final long MAX_WAYS = 4 * MAX_CHARACTERS + 1000;
  private static final int MAX_PATTERN = 10_000;
  private static final int MAX_DEPTH = 16;
  private static final String ESCAPES = "sSdDwWhHpPrntfvRXbBAzZux";
  private static final String EMPTY_ESCAPES = "bBAzZ";

  private final Place place;
  private final String pattern;
  private int at;

  private RegexCheck(Place place) {
    this.place = place;
    this.pattern = place.string();
  }

  /**
   * Checks a pattern.
   *
   * @param regex a string
   * @return whether it can match nothing at all
   * @throws IllegalArgumentException if it might be too much for the native engine
   */
  static boolean canBeEmpty(Place regex) {
    RegexCheck check = new RegexCheck(regex);
    regex.check(
        check.pattern.length() <= MAX_PATTERN, "must have at most " + MAX_PATTERN + " characters");
    Part whole = check.alternatives(0);
    if (check.at < check.pattern.length()) {
      throw check.unknown();
    }
    return whole.empty();
  }

  /**
   * A part of a pattern.
   *
   * @param ways in how many ways it can match, at most
   * @param single whether it is one character, repeated or not
   * @param optional whether it cannot fail
   * @param empty whether it can match without taking a character
   */
  private record Part(long ways, boolean single, boolean optional, boolean empty) {}

  private Part alternatives(int depth) {
    if (depth > MAX_DEPTH) {
      throw place.refuse("must not be nested deeper than " + MAX_DEPTH);
    }
    long ways = 0;
    boolean optional = false;
    boolean empty = false;
    do {
      Part part = sequence(depth);
      ways = bounded(ways + part.ways());
      optional |= part.optional();
      empty |= part.empty();
    } while (take('|'));
    return new Part(ways, false, optional, empty);
  }

  private Part sequence(int depth) {
    List<Part> parts = new ArrayList<>();
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      parts.add(quantified(atom(depth)));
    }
    boolean optional = parts.stream().allMatch(Part::optional);
    // Inside a group something may follow that fails, so there every way counts.
    long ways = depth == 0 ? waysToFail(parts) : product(parts);
    return new Part(ways, false, optional, parts.stream().allMatch(Part::empty));
  }

  /**
   * The engine goes back to a part only if one after it fails. The last that has to match does so
   * or not, and what may be absent cannot fail, though a group may be tried in vain.
   */
  private long waysToFail(List<Part> parts) {
    int last = parts.size() - 1;
    long ways = 0;
    while (last >= 0 && parts.get(last).optional()) {
      ways += parts.get(last).single() ? 0 : parts.get(last).ways();
      last--;
    }
    if (last >= 0) {
      List<Part> before = parts.subList(0, parts.get(last).single() ? last : last + 1);
      ways += product(before);
    }
    return bounded(ways);
  }

  private long product(List<Part> parts) {
    long product = 1;
    for (Part part : parts) {
      product = bounded(product * part.ways());
    }
    return product;
  }

  private Part atom(int depth) {
    char c = pattern.charAt(at++);
    boolean empty = c == '^' || c == '$';
    switch (c) {
      case '(' -> {
        return group(depth);
      }
      case '[' -> characterClass(depth);
      case '\\' -> empty = EMPTY_ESCAPES.indexOf(escape()) >= 0;
      case '*', '+', '?' -> throw unknown();
      default -> {}
    }
    return new Part(1, true, false, empty);
  }

  private Part group(int depth) {
    boolean looks = false;
    if (take('?')) {
      looks = takeAny("=", "!", "<=", "<!");
      if (!looks && !takeAny(":", "i:", "m:", "im:", "mi:")) {
        throw unknown();
      }
    }
    Part inside = alternatives(depth + 1);
    if (!take(')')) {
      throw place.refuse("must close every '('");
    }
    return new Part(inside.ways(), false, !looks && inside.optional(), looks || inside.empty());
  }

  private void characterClass(int depth) {
    if (depth > MAX_DEPTH) {
      throw place.refuse("must not be nested deeper than " + MAX_DEPTH);
    }
    take('^');
    if (at < pattern.length() && pattern.charAt(at) == ']') {
      throw unknown();
    }
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      switch (c) {
        case ']' -> {
          return;
        }
        case '[' -> characterClass(depth + 1);
        case '\\' -> escape();
        default -> {}
      }
    }
    throw place.refuse("must close every '['");
  }

  private char escape() {
    if (at >= pattern.length()) {
      throw unknown();
    }
    char c = pattern.charAt(at++);
    boolean word = Character.isLetterOrDigit(c);
    if (word && ESCAPES.indexOf(c) < 0) {
      at--;
      throw unknown();
    }
    if ((c == 'p' || c == 'P' || c == 'x') && at < pattern.length() && pattern.charAt(at) == '{') {
      int close = pattern.indexOf('}', at);
      if (close < 0) {
        throw unknown();
      }
      at = close + 1;
    }
    return c;
  }

  private Part quantified(Part atom) {
    if (at >= pattern.length()) {
      return atom;
    }
    switch (pattern.charAt(at)) {
      case '*' -> {
        return repeated(atom, 0, MAX_CHARACTERS, true);
      }
      case '+' -> {
        return repeated(atom, 1, MAX_CHARACTERS, true);
      }
      case '?' -> {
        return repeated(atom, 0, 1, true);
      }
      case '{' -> {
        return counted(atom);
      }
      default -> {
        return atom;
      }
    }
  }

  private Part counted(Part atom) {
    int close = pattern.indexOf('}', at);
    String counts = close < 0 ? "" : pattern.substring(at + 1, close);
    if (!counts.matches("\\d{1,4}(,\\d{0,4})?")) {
      throw unknown();
    }
    String[] ends = counts.split(",", -1);
    long min = Long.parseLong(ends[0]);
    long max =
        ends.length == 1 ? min : ends[1].isEmpty() ? MAX_CHARACTERS : Long.parseLong(ends[1]);
    place.check(min <= max, "must have counts in order");
    at = close;
    return repeated(atom, min, max, false);
  }

  private Part repeated(Part atom, long min, long max, boolean maySayHow) {
    at++;
    if (maySayHow && at < pattern.length() && "?+".indexOf(pattern.charAt(at)) >= 0) {
      at++;
    }
    if (at < pattern.length() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
      throw unknown();
    }
    long ways = max - min + 1;
    if (atom.ways() > 1) {
      place.check(max <= 1, "must not repeat a group that itself can match in several ways");
      ways = atom.ways() + ways - 1;
    }
    return new Part(
        bounded(ways), atom.single(), min == 0 || atom.optional(), min == 0 || atom.empty());
  }

  private long bounded(long ways) {
    place.check(
        ways <= MAX_WAYS, "must not be able to match in so many ways that trying all takes long");
    return ways;
  }

  private boolean takeAny(String... expected) {
    for (String text : expected) {
      if (pattern.startsWith(text, at)) {
        at += text.length();
        return true;
      }
    }
    return false;
  }

  private boolean take(char expected) {
    return takeAny(String.valueOf(expected));
  }

  private IllegalArgumentException unknown() {
    return place.refuse("must keep to the syntax known here, at character " + (at + 1));
  }
}
