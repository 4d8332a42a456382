package org.dpo4j.torch.internal.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code format % values}. */
final class PercentFormat {

  private static final Pattern FIELD =
      Pattern.compile(
          "(?:\\(([^()]*)\\))?([-+ #0]*)(\\*|[0-9]{0,9})(?:\\.(\\*|[0-9]{0,9}))?[hlL]?(.)",
          Pattern.DOTALL);

  private final Budget budget;
  private final boolean isMarkup;
  private final List<Object> values;
  private final @Nullable Dict dict;
  private int next;

  private PercentFormat(Budget budget, boolean isMarkup, Object values) {
    this.budget = budget;
    this.isMarkup = isMarkup;
    this.values = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    this.dict = values instanceof Dict mapping ? mapping : null;
  }

  static Object format(Budget budget, Object format, Object values) {
    PercentFormat formatter = new PercentFormat(budget, format instanceof Markup, values);
    String text = formatter.write(Python.text(format));
    return Python.like(format, text);
  }

  private String write(String format) {
    Output out = new Output(budget);
    budget.spend(format.length() / 8);
    int start = 0;
    int at = format.indexOf('%');
    Matcher field = FIELD.matcher(format);
    while (at >= 0) {
      out.append(format.substring(start, at));
      field.region(at + 1, format.length());
      if (!field.lookingAt()) {
        throw new Halt("the format after % is not complete");
      }
      out.append(field.group(5).equals("%") ? "%" : field(field));
      start = field.end();
      at = format.indexOf('%', start);
    }
    if (dict == null && next < values.size()) {
      throw new Halt("not all values were used by the format");
    }
    return out.append(format.substring(start)).text();
  }

  private String field(Matcher field) {
    String flags = field.group(2);
    boolean fromEnd = flags.contains("-");
    Object named = field.group(1) == null ? null : named(field.group(1));
    int width = size(field.group(3), 0);
    boolean isLeft = fromEnd || width < 0;
    int precision = field.group(4) == null ? -1 : size(field.group(4), 0);
    Object value = named == null ? value() : named;
    String type = field.group(5);
    boolean isNumber = "diufFeEgGxXo".contains(type);
    FormatSpec spec =
        new FormatSpec(
            flags.contains("0") && isNumber && !isLeft ? "0" : " ",
            isLeft ? "<" : flags.contains("0") && isNumber ? "=" : ">",
            flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-',
            flags.contains("#"),
            Math.abs(width),
            "",
            precision,
            type);
    return isNumber ? number(spec, value) : text(spec, value);
  }

  private int size(String digits, int otherwise) {
    if (digits.equals("*")) {
      return Numbers.index(value());
    }
    return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }

  private Object named(String name) {
    Object value = dict == null ? null : dict.get(name);
    if (value == null) {
      throw new Halt("the format wants a mapping with '" + name + "'");
    }
    return value;
  }

  private Object value() {
    if (next >= values.size()) {
      throw new Halt("the format wants more values");
    }
    return values.get(next++);
  }

  private String text(FormatSpec spec, Object value) {
    String text =
        switch (spec.type()) {
          case "s" -> Representation.string(budget, value);
          case "r" -> Representation.of(budget, value);
          case "c" -> character(value);
          default -> throw new Halt("the format %" + spec.type() + " is not supported");
        };
    boolean isSafe = !isMarkup || (spec.type().equals("s") && value instanceof Markup);
    String escaped = isSafe ? text : Markup.escapeText(budget, text);
    return spec.plain("").apply(budget, escaped);
  }

  private String character(Object value) {
    return Python.isText(value)
        ? Python.text(value)
        : new FormatSpec(" ", "", '-', false, 0, "", -1, "c").apply(budget, value);
  }

  private String number(FormatSpec spec, Object value) {
    if (!Numbers.isNumber(value)) {
      throw new Halt("the format %" + spec.type() + " wants a number, not " + Python.type(value));
    }
    String type = spec.type().toLowerCase(Locale.ROOT);
    if ("feg".contains(type)) {
      return spec.apply(budget, Numbers.real(value));
    }
    boolean isDecimal = "diu".contains(type);
    if (value instanceof Double && !isDecimal) {
      throw new Halt("the format %" + spec.type() + " wants a whole number");
    }
    FormatSpec plain = spec.plain(isDecimal ? "d" : spec.type());
    BigInteger whole = value instanceof Double real ? truncated(real) : Numbers.whole(value);
    if (spec.precision() < 0) {
      return plain.apply(budget, Numbers.normal(whole));
    }
    throw new Halt("a precision of a whole number is not supported");
  }

  private static BigInteger truncated(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new Halt("the number is not finite");
    }
    return new BigDecimal(number).toBigInteger();
  }
}
