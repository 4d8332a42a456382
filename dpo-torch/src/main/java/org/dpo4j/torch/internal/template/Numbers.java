package org.dpo4j.torch.internal.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Python's numbers: {@code Long}, or {@code BigInteger} beyond it, {@code Double}, and {@code
 * Boolean}, which counts as 0 or 1.
 */
final class Numbers {

  /** So many bits have at most the 4300 digits that Python prints. */
  private static final int MAX_BITS = 14_280;

  private static final int MAX_DIGITS = 4300;
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(?:(?:[0-9](?:_?[0-9])*)?\\.?(?:[0-9](?:_?[0-9])*)?(?:e[-+]?[0-9](?:_?[0-9])*)?"
              + "|inf(?:inity)?|nan)");

  private Numbers() {}

  /** A whole number in the one form it has here. */
  static Object normal(BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return number.longValueExact();
    }
    if (number.bitLength() > MAX_BITS) {
      throw tooLarge();
    }
    return number;
  }

  static Halt tooLarge() {
    return new Halt("a number must have at most " + MAX_DIGITS + " digits");
  }

  static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return value instanceof Double || isWhole(value);
  }

  static BigInteger whole(Object value) {
    if (value instanceof BigInteger number) {
      return number;
    }
    if (value instanceof Boolean bool) {
      return bool ? BigInteger.ONE : BigInteger.ZERO;
    }
    if (value instanceof Long number) {
      return BigInteger.valueOf(number);
    }
    throw new Halt("a whole number is wanted, not " + Python.type(value));
  }

  /** A whole number as an int, the largest or least there is if it is none. */
  static int index(Object value) {
    if (value instanceof Long number) {
      return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
    }
    BigInteger number = whole(value);
    return number.bitLength() < Integer.SIZE
        ? number.intValueExact()
        : number.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
  }

  static double real(Object value) {
    if (value instanceof Double number) {
      return number;
    }
    double number = whole(value).doubleValue();
    if (Double.isInfinite(number)) {
      throw new Halt("the number is too large for a float");
    }
    return number;
  }

  static BigDecimal exact(Object value) {
    return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(whole(value));
  }

  /** Counts what it takes to write a float, which has up to a thousand digits. */
  static void spend(Budget budget, double number) {
    if (Double.isFinite(number)) {
      budget.spend(200L + 16L * Math.abs(Math.getExponent(number)));
    }
  }

  /** {@code repr(number)}: the shortest that reads back the same. */
  static String text(Budget budget, double number) {
    spend(budget, number);
    return text(number);
  }

  static String text(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(number);
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits));
      if (shortest.doubleValue() == number) {
        break;
      }
    }
    BigDecimal stripped = shortest.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = stripped.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = stripped.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return (number < 0 ? "-" : "")
        + digits.charAt(0)
        + fraction
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** What {@code int(text, base)} reads, or nothing where it fails. */
  static Optional<Object> parseWhole(String text, int base) {
    String digits = Characters.strip(ascii(text)).toLowerCase(Locale.ROOT);
    if (digits.length() > 2 * MAX_DIGITS) {
      return Optional.empty();
    }
    boolean negative = digits.startsWith("-");
    digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    int radix = base;
    String prefix = digits.length() > 1 ? digits.substring(0, 2) : "";
    int prefixed = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
    if (prefixed != 0 && (base == 0 || base == prefixed)) {
      radix = prefixed;
      digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
    } else if (base == 0) {
      if (!digits.matches("0[_0]*|[1-9].*")) {
        return Optional.empty();
      }
      radix = 10;
    }
    if (radix < 2 || radix > 36 || digits.length() > MAX_DIGITS || !isDigits(digits, radix)) {
      return Optional.empty();
    }
    BigInteger number = new BigInteger(digits.replace("_", ""), radix);
    return Optional.of(normal(negative ? number.negate() : number));
  }

  private static boolean isDigits(String text, int radix) {
    boolean afterDigit = false;
    for (int i = 0; i < text.length(); i++) {
      boolean digit = Character.digit(text.charAt(i), radix) >= 0;
      if (!digit && !(text.charAt(i) == '_' && afterDigit)) {
        return false;
      }
      afterDigit = digit;
    }
    return afterDigit;
  }

  /** What {@code float(text)} reads, or nothing where it fails. */
  static Optional<Double> parseReal(String text) {
    if (text.length() > MAX_DIGITS) {
      return Optional.empty();
    }
    String number = Characters.strip(ascii(text)).toLowerCase(Locale.ROOT);
    if (!FLOAT.matcher(number).matches() || !number.matches("[^e]*[0-9].*|[^e]*(inf|nan).*")) {
      return Optional.empty();
    }
    if (number.contains("n")) {
      double special = number.contains("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
      return Optional.of(number.startsWith("-") ? -special : special);
    }
    return Optional.of(Double.valueOf(number.replace("_", "")));
  }

  /** Digits of other scripts as Python reads them. */
  private static String ascii(String text) {
    StringBuilder ascii = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isDigit(c) ? '0' + Character.digit(c, 10) : c)
        .forEach(ascii::appendCodePoint);
    return ascii.toString();
  }
}
