package org.dpo4j.torch.internal.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Digits of floats as Python's formats {@code e f g %} have them. */
final class RealFormat {

  private static final int PRECISION = 6;

  private RealFormat() {}

  /** A number that is not negative. */
  static String digits(double number, FormatSpec spec) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return (Double.isNaN(number) ? "nan" : "inf") + (spec.type().equals("%") ? "%" : "");
    }
    int precision = spec.precision() < 0 ? PRECISION : spec.precision();
    boolean isAlternate = spec.isAlternate();
    return switch (spec.type()) {
      case "f", "F" -> fixed(new BigDecimal(number), precision, isAlternate);
      case "e", "E" -> exponential(new BigDecimal(number), precision, isAlternate);
      case "%" -> fixed(new BigDecimal(number).scaleByPowerOfTen(2), precision, isAlternate) + "%";
      case "g", "G" -> general(number, Math.max(1, precision), isAlternate);
      default -> {
        if (spec.precision() < 0) {
          yield Numbers.text(number);
        }
        String general = general(number, Math.max(1, precision), false);
        yield general.matches("[0-9]+") ? general + ".0" : general;
      }
    };
  }

  private static String fixed(BigDecimal number, int precision, boolean isAlternate) {
    return number.setScale(precision, RoundingMode.HALF_EVEN).toPlainString()
        + (isAlternate && precision == 0 ? "." : "");
  }

  private static String exponential(BigDecimal number, int precision, boolean isAlternate) {
    BigDecimal rounded = number.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = exponent(rounded);
    String digits = rounded.scaleByPowerOfTen(-exponent).setScale(precision).toPlainString();
    return digits
        + (isAlternate && precision == 0 ? "." : "")
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static int exponent(BigDecimal number) {
    return number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
  }

  private static String general(double number, int precision, boolean isAlternate) {
    BigDecimal exact = new BigDecimal(number);
    BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
    int exponent = exponent(rounded);
    boolean isFixed = exponent >= -4 && exponent < precision;
    String digits =
        isFixed
            ? fixed(rounded, Math.max(0, precision - 1 - exponent), isAlternate)
            : exponential(rounded, precision - 1, isAlternate);
    if (isAlternate || !digits.contains(".")) {
      return digits;
    }
    int end = digits.contains("e") ? digits.indexOf('e') : digits.length();
    int last = end;
    while (digits.charAt(last - 1) == '0') {
      last--;
    }
    last -= digits.charAt(last - 1) == '.' ? 1 : 0;
    return digits.substring(0, last) + digits.substring(end);
  }
}
