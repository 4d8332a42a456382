package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;

/** Python's operators on numbers, and on texts and lists. */
final class Arithmetic {

  private static final MathContext PRECISE = new MathContext(60);

  /** More bits than this no number has. */
  private static final int MAX_BITS = 14_280;

  private Arithmetic() {}

  /** {@code a operator b}. */
  static Object apply(Budget budget, String operator, Object a, Object b) {
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return a instanceof Double || b instanceof Double
          ? real(operator, Numbers.real(a), Numbers.real(b))
          : whole(budget, operator, a, b);
    }
    return switch (operator) {
      case "+" -> sum(budget, a, b);
      case "*" -> Numbers.isWhole(a) ? repeated(budget, b, a) : repeated(budget, a, b);
      case "%" -> {
        if (Python.isText(a)) {
          yield PercentFormat.format(budget, a, b);
        }
        throw refused(operator, a, b);
      }
      default -> throw refused(operator, a, b);
    };
  }

  private static Halt refused(String operator, Object a, Object b) {
    return new Halt(
        Python.type(a)
            + " and "
            + Python.type(b)
            + (operator.equals("+") ? " cannot be added" : " have no operator " + operator));
  }

  static Object signed(Object value, boolean isNegative) {
    if (value instanceof Double number) {
      return isNegative ? -number : number;
    }
    BigInteger whole = Numbers.whole(value);
    return Numbers.normal(isNegative ? whole.negate() : whole);
  }

  private static Object sum(Budget budget, Object a, Object b) {
    if (Python.isText(a) && Python.isText(b)) {
      return concatenated(budget, a, b);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      return concatenated(budget, left, right);
    }
    if (a instanceof Tuple left && b instanceof Tuple right) {
      return new Tuple(concatenated(budget, left.items(), right.items()));
    }
    throw refused("+", a, b);
  }

  private static Object concatenated(Budget budget, Object a, Object b) {
    boolean isMarkup = a instanceof Markup || b instanceof Markup;
    String left = isMarkup ? Markup.escape(budget, a) : Python.text(a);
    String right = isMarkup ? Markup.escape(budget, b) : Python.text(b);
    budget.characters((long) left.length() + right.length());
    return isMarkup ? new Markup(left + right) : left + right;
  }

  private static List<Object> concatenated(Budget budget, List<?> left, List<?> right) {
    budget.elements((long) left.size() + right.size());
    return ImmutableList.builder().addAll(left).addAll(right).build();
  }

  private static Object repeated(Budget budget, Object value, Object times) {
    boolean isRepeatable = Python.isText(value) || value instanceof List || value instanceof Tuple;
    if (!isRepeatable || !Numbers.isWhole(times)) {
      throw refused("*", value, times);
    }
    int number = Math.max(0, Numbers.index(times));
    long size = (long) number * Python.size(value);
    if (Python.isText(value)) {
      budget.characters(size);
      return Python.like(value, size == 0 ? "" : Python.text(value).repeat(number));
    }
    budget.elements(size);
    List<?> items = value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
    ImmutableList.Builder<Object> list = ImmutableList.builder();
    for (int i = 0; size > 0 && i < number; i++) {
      list.addAll(items);
    }
    return value instanceof Tuple ? new Tuple(list.build()) : list.build();
  }

  private static Object whole(Budget budget, String operator, Object a, Object b) {
    BigInteger left = Numbers.whole(a);
    BigInteger right = Numbers.whole(b);
    budget.digits(left.bitLength() / 8, right.bitLength() / 8);
    return switch (operator) {
      case "+" -> Numbers.normal(left.add(right));
      case "-" -> Numbers.normal(left.subtract(right));
      case "*" -> Numbers.normal(left.multiply(right));
      case "/" -> quotient(left, nonZero(right));
      case "//" -> Numbers.normal(floor(left, nonZero(right)));
      case "%" -> Numbers.normal(left.subtract(floor(left, nonZero(right)).multiply(right)));
      default -> power(budget, left, right);
    };
  }

  private static BigInteger nonZero(BigInteger divisor) {
    if (divisor.signum() == 0) {
      throw new Halt("division by zero");
    }
    return divisor;
  }

  private static BigInteger floor(BigInteger dividend, BigInteger divisor) {
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    boolean isBelow = parts[1].signum() != 0 && parts[1].signum() != divisor.signum();
    return isBelow ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static Object quotient(BigInteger dividend, BigInteger divisor) {
    double quotient =
        new BigDecimal(dividend).divide(new BigDecimal(divisor), PRECISE).doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new Halt("the number is too large for a float");
    }
    return dividend.signum() == 0 && divisor.signum() < 0 ? -0.0 : quotient;
  }

  private static Object power(Budget budget, BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return real("**", Numbers.real(base), Numbers.real(exponent));
    }
    if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
      boolean isOne = exponent.signum() == 0 || (base.signum() < 0 && !exponent.testBit(0));
      return isOne ? 1L : Numbers.normal(base);
    }
    if (exponent.bitLength() >= Integer.SIZE
        || exponent.intValueExact() * (base.bitLength() - 1L) > MAX_BITS) {
      throw Numbers.tooLarge();
    }
    int bytes = exponent.intValueExact() * base.bitLength() / 8;
    budget.digits(bytes, bytes);
    return Numbers.normal(base.pow(exponent.intValueExact()));
  }

  private static Object real(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / nonZero(b);
      case "//" -> floor(a, nonZero(b));
      case "%" -> modulo(a, nonZero(b));
      default -> power(a, b);
    };
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw new Halt("division by zero");
    }
    return divisor;
  }

  private static double modulo(double a, double b) {
    double rest = a % b;
    if (rest == 0) {
      return Math.copySign(0.0, b);
    }
    return (b < 0) == (rest < 0) ? rest : rest + b;
  }

  private static double floor(double a, double b) {
    double rest = a % b;
    double quotient = (a - rest) / b;
    if (rest != 0 && (b < 0) != (rest < 0)) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0.0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw new Halt("division by zero");
    }
    double power = Math.pow(a, b);
    boolean isComplex = a < 0 && !Double.isInfinite(a) && b != Math.rint(b);
    if (isComplex || (Double.isInfinite(power) && Double.isFinite(a) && Double.isFinite(b))) {
      throw new Halt("the power of two numbers is no float");
    }
    // 1 ** nan is 1 in Python.
    return a == 1 ? 1 : power;
  }
}
