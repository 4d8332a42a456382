package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** What can be asked of Python's texts without an argument. */
final class TextTests {

  static final ImmutableMap<String, Predicate<String>> ALL =
      ImmutableMap.<String, Predicate<String>>builder()
          .put("isalnum", all(TextTests::isAlphanumeric))
          .put("isalpha", all(Character::isLetter))
          .put("isascii", text -> text.chars().allMatch(c -> c < 0x80))
          .put("isdecimal", all(Character::isDigit))
          .put("isdigit", all(c -> Character.isDigit(c) || isSuperscript(c)))
          .put("isidentifier", TextTests::isIdentifier)
          .put("islower", TextTests::isLower)
          .put("isnumeric", all(TextTests::isNumeric))
          .put("isprintable", text -> text.codePoints().allMatch(Characters::isPrintable))
          .put("isspace", all(Characters::isSpace))
          .put("istitle", TextTests::isTitle)
          .put("isupper", TextTests::isUpper)
          .buildOrThrow();

  private TextTests() {}

  private static Predicate<String> all(IntPredicate test) {
    return text -> !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static boolean isAlphanumeric(int c) {
    return Character.isLetter(c) || isNumeric(c);
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static boolean isSuperscript(int c) {
    return (c >= 0x2070 && c <= 0x2089 && isNumeric(c)) || "²³¹".indexOf(c) >= 0;
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints()
            .allMatch(
                c ->
                    c == '_'
                        || (Character.isUnicodeIdentifierPart(c)
                            && !Character.isIdentifierIgnorable(c)));
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  private static boolean isTitle(String text) {
    boolean afterCased = false;
    boolean anyCased = false;
    for (int c : text.codePoints().toArray()) {
      boolean begins = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (begins ? afterCased : Character.isLowerCase(c) && !afterCased) {
        return false;
      }
      afterCased = Characters.isCased(c);
      anyCased |= afterCased;
    }
    return anyCased;
  }
}
