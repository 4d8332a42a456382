package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;

/** Filters that make or change numbers. */
final class NumberFilters {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.of(
          "abs", NumberFilters::absolute,
          "int", NumberFilters::whole,
          "float", NumberFilters::real,
          "round", NumberFilters::round,
          "sum", NumberFilters::sum,
          "filesizeformat", NumberFilters::fileSize);

  private static final int MAX_PRECISION = 300;
  private static final int WORK_OF_ROUNDING = 1000;

  private NumberFilters() {}

  private static Object absolute(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return value instanceof Double number
        ? (Object) Math.abs(number)
        : Numbers.normal(Numbers.whole(value).abs());
  }

  private static Object whole(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "default", "base");
    Object otherwise = bound.or(0, 0L);
    Optional<Object> number = Optional.empty();
    if (Python.isText(value)) {
      scope.budget().spend(Python.size(value));
      number = Numbers.parseWhole(Python.text(value), bound.whole(1, 10));
    } else if (Numbers.isWhole(value)) {
      number = Optional.of(Numbers.normal(Numbers.whole(value)));
    }
    return number.orElseGet(
        () -> parsed(value).flatMap(NumberFilters::truncated).orElse(otherwise));
  }

  private static Optional<Double> parsed(Object value) {
    if (value instanceof Undefined undefined) {
      throw new Halt("a number is asked of a value that is undefined: " + undefined.why());
    }
    if (Python.isText(value)) {
      return Numbers.parseReal(Python.text(value));
    }
    return Numbers.isNumber(value) ? Optional.of(Numbers.real(value)) : Optional.empty();
  }

  private static Optional<Object> truncated(double number) {
    return Double.isNaN(number) || Double.isInfinite(number)
        ? Optional.empty()
        : Optional.of(Numbers.normal(new BigDecimal(number).toBigInteger()));
  }

  private static Object real(Scope scope, Object value, Arguments arguments) {
    Object otherwise = arguments.bind(0, "default").or(0, 0.0);
    scope.budget().spend(Python.isText(value) ? Python.size(value) : 0);
    return parsed(value).<Object>map(number -> number).orElse(otherwise);
  }

  private static Object round(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "precision", "method");
    int precision = bound.whole(0, 0);
    if (Math.abs((long) precision) > MAX_PRECISION) {
      throw new Halt("round must have a precision of at most " + MAX_PRECISION);
    }
    if (!Numbers.isNumber(value)) {
      throw new Halt("a number is wanted, not " + Python.type(value));
    }
    scope.budget().spend(WORK_OF_ROUNDING);
    return switch (bound.text(1, "common")) {
      case "common" -> rounded(value, precision);
      case "ceil" -> directed(scope, value, precision, Math::ceil);
      case "floor" -> directed(scope, value, precision, Math::floor);
      default -> throw new Halt("round must be 'common', 'ceil' or 'floor'");
    };
  }

  private static Object rounded(Object value, int precision) {
    if (Numbers.isWhole(value)) {
      BigDecimal whole = new BigDecimal(Numbers.whole(value));
      BigDecimal rounded =
          precision < 0 ? whole.setScale(precision, RoundingMode.HALF_EVEN) : whole;
      return Numbers.normal(rounded.toBigInteger());
    }
    double number = Numbers.real(value);
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return number;
    }
    double rounded =
        new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, number);
  }

  private static Object directed(
      Scope scope, Object value, int precision, Function<Double, Double> direction) {
    Object power = Arithmetic.apply(scope.budget(), "**", 10L, (long) precision);
    Object scaled = Arithmetic.apply(scope.budget(), "*", value, power);
    Object whole =
        scaled instanceof Double number
            ? Numbers.normal(new BigDecimal(direction.apply(number)).toBigIntegerExact())
            : scaled;
    return Arithmetic.apply(scope.budget(), "/", whole, power);
  }

  private static Object sum(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "attribute", "start");
    Function<Object, Object> key = ByAttribute.of(scope, bound.or(0, None.NONE), false);
    Object sum = bound.or(1, 0L);
    if (Python.isText(sum)) {
      throw new Halt("texts are joined and not summed");
    }
    Iterator<Object> elements = Python.iterator(scope.budget(), value);
    while (elements.hasNext()) {
      sum = Arithmetic.apply(scope.step(), "+", sum, key.apply(elements.next()));
    }
    return sum;
  }

  private static Object fileSize(Scope scope, Object value, Arguments arguments) {
    boolean isBinary = arguments.bind(0, "binary").isTrue(0);
    double bytes = parsed(value).orElseThrow(() -> new Halt("filesizeformat wants a number"));
    int base = isBinary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    }
    if (bytes < base) {
      return truncated(bytes).orElseThrow(() -> new Halt("filesizeformat wants a number"))
          + " Bytes";
    }
    String prefixes = isBinary ? "KMGTPEZY" : "kMGTPEZY";
    int prefix = 0;
    while (prefix < prefixes.length() - 1 && bytes >= Math.pow(base, prefix + 2)) {
      prefix++;
    }
    double unit = BigInteger.valueOf(base).pow(prefix + 2).doubleValue();
    return FormatSpec.parse(".1f").apply(scope.budget(), base * bytes / unit)
        + " "
        + prefixes.charAt(prefix)
        + (isBinary ? "iB" : "B");
  }
}
