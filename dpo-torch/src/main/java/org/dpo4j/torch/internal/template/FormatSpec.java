package org.dpo4j.torch.internal.template;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How Python's {@code format} writes one value.
 *
 * @param fill what fills up to the width
 * @param align {@code < > ^ =}, or nothing
 * @param sign {@code + -} or a space
 * @param isAlternate whether there was a {@code #}
 * @param width the least
 * @param grouping {@code , _} or nothing, between thousands
 * @param precision digits or characters, or -1
 * @param type one letter, {@code %}, or nothing
 */
record FormatSpec(
    String fill,
    String align,
    char sign,
    boolean isAlternate,
    int width,
    String grouping,
    int precision,
    String type) {

  private static final int MAX_PRECISION = 1000;
  private static final Pattern SPEC =
      Pattern.compile(
          "(?s)(?:(.)(?=[<>=^]))?([<>=^])?([-+ ]?)(#?)(0?)([0-9]{0,9})([,_]?)"
              + "(?:\\.([0-9]{1,9}))?([bcdeEfFgGosxX%]?)");

  static FormatSpec parse(String text) {
    Matcher spec = SPEC.matcher(text);
    if (!spec.matches()) {
      throw new Halt("the format '" + text + "' is not supported");
    }
    boolean isZero = !spec.group(5).isEmpty();
    String align = spec.group(2) == null ? "" : spec.group(2);
    String fill = spec.group(1) == null ? (isZero ? "0" : " ") : spec.group(1);
    return new FormatSpec(
        fill,
        align.isEmpty() && isZero ? "=" : align,
        spec.group(3).isEmpty() ? '-' : spec.group(3).charAt(0),
        !spec.group(4).isEmpty(),
        number(spec.group(6), 0),
        spec.group(7),
        spec.group(8) == null ? -1 : number(spec.group(8), 0),
        spec.group(9));
  }

  private static int number(String digits, int otherwise) {
    return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }

  /** The same for another type, of text without a sign, of a number without a precision. */
  FormatSpec plain(String newType) {
    boolean isText = newType.isEmpty();
    return new FormatSpec(
        fill,
        align,
        isText ? '-' : sign,
        isAlternate,
        width,
        grouping,
        isText ? precision : -1,
        newType);
  }

  /** {@code format(value, spec)}. */
  String apply(Budget budget, Object value) {
    if (precision > MAX_PRECISION) {
      throw new Halt("a format must have at most " + MAX_PRECISION + " digits");
    }
    budget.characters(width);
    if (Python.isText(value)) {
      return text(budget, Python.text(value));
    }
    if (Numbers.isWhole(value) && (type.isEmpty() || "bcdoxX".contains(type))) {
      BigInteger whole = Numbers.whole(value);
      budget.digits(whole.bitLength() / 8, whole.bitLength() / 8);
      return whole(whole);
    }
    if (Numbers.isNumber(value) && !type.equals("s")) {
      double real = Numbers.real(value);
      Numbers.spend(budget, real);
      budget.digits(Math.max(0, precision), Math.max(0, precision));
      return real(real);
    }
    throw new Halt(Python.type(value) + " has no format");
  }

  private String text(Budget budget, String text) {
    if (!(type.isEmpty() || type.equals("s")) || align.equals("=") || sign != '-') {
      throw new Halt("text has no such format");
    }
    int length = Characters.count(budget, text);
    String cut =
        precision >= 0 && precision < length
            ? text.substring(0, text.offsetByCodePoints(0, precision))
            : text;
    return padded("", cut, align.isEmpty() ? "<" : align);
  }

  private String whole(BigInteger number) {
    if (precision >= 0) {
      throw new Halt("a whole number has no precision");
    }
    if (type.equals("c")) {
      return padded("", Character.toString(codePoint(number)), align.isEmpty() ? "<" : align);
    }
    int radix = type.equals("b") ? 2 : type.equals("o") ? 8 : type.matches("[xX]") ? 16 : 10;
    String digits = number.abs().toString(radix);
    String prefix = isAlternate && radix != 10 ? "0" + type : "";
    return signed(
        number.signum() < 0,
        prefix,
        grouped(type.equals("X") ? digits.toUpperCase(Locale.ROOT) : digits, radix == 10 ? 3 : 4));
  }

  private static int codePoint(BigInteger number) {
    if (number.signum() < 0
        || number.bitLength() > 20 + 1
        || !Character.isValidCodePoint(number.intValue())) {
      throw new Halt("there is no character with the number " + number);
    }
    return number.intValue();
  }

  private String real(double number) {
    boolean isNegative = number < 0 || (number == 0 && 1 / number < 0);
    boolean isUpper = !type.isEmpty() && Character.isUpperCase(type.charAt(0));
    String digits = RealFormat.digits(Math.abs(number), this);
    int point = digits.indexOf('.');
    int end = point >= 0 ? point : digits.matches("[0-9]+.*") ? wholeLength(digits) : 0;
    String whole = digits.substring(0, end);
    String written = grouped(whole, 3) + digits.substring(end);
    return signed(isNegative, "", isUpper ? written.toUpperCase(Locale.ROOT) : written);
  }

  private static int wholeLength(String digits) {
    int end = 0;
    while (end < digits.length() && Character.isDigit(digits.charAt(end))) {
      end++;
    }
    return end;
  }

  private String grouped(String digits, int size) {
    if (grouping.isEmpty()) {
      return digits;
    }
    StringBuilder grouped = new StringBuilder(digits);
    for (int at = digits.length() - size; at > 0; at -= size) {
      grouped.insert(at, grouping);
    }
    return grouped.toString();
  }

  private String signed(boolean isNegative, String prefix, String digits) {
    String before = isNegative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    return padded(before + prefix, digits, align.isEmpty() ? ">" : align);
  }

  private String padded(String before, String text, String how) {
    int missing = width - before.length() - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return before + text;
    }
    return switch (how) {
      case "<" -> before + text + fill.repeat(missing);
      case "^" -> fill.repeat(missing / 2) + before + text + fill.repeat(missing - missing / 2);
      case "=" -> before + fill.repeat(missing) + text;
      default -> fill.repeat(missing) + before + text;
    };
  }
}
