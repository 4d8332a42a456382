package org.dpo4j.torch.internal.template;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code json.dumps(value, ensure_ascii, indent, separators, sort_keys)}. */
final class PythonJson {

  private static final String ESCAPED = "\"\\\n\r\t\b\f";
  private static final String ESCAPES = "\"\\nrtbf";

  private final Budget budget;
  private final Output json;
  private final Style style;

  private PythonJson(Budget budget, Style style) {
    this.budget = budget;
    this.json = new Output(budget);
    this.style = style;
  }

  /**
   * How it is written.
   *
   * @param isAscii whether other characters are escaped
   * @param hasLines whether each element has a line
   * @param indent before an element, once a level
   * @param comma between elements
   * @param colon between key and value
   * @param sortsKeys whether keys are in their order
   */
  record Style(
      boolean isAscii,
      boolean hasLines,
      String indent,
      String comma,
      String colon,
      boolean sortsKeys) {}

  /** The filter {@code tojson}. */
  static Object filter(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "ensure_ascii", "indent", "separators", "sort_keys");
    boolean hasLines = bound.isGiven(1);
    String comma = hasLines ? "," : ", ";
    String colon = ": ";
    if (bound.isGiven(2)) {
      List<Object> separators = Python.list(scope.budget(), bound.get(2));
      if (separators.size() != 2) {
        throw new Halt("separators must be two texts");
      }
      comma = Python.text(separators.get(0));
      colon = Python.text(separators.get(1));
    }
    Style style =
        new Style(
            bound.isTrue(0),
            hasLines,
            hasLines ? indent(scope.budget(), bound.get(1)) : "",
            comma,
            colon,
            bound.isTrue(3));
    PythonJson writer = new PythonJson(scope.budget(), style);
    writer.write(value, 1);
    return writer.json.text();
  }

  private static String indent(Budget budget, Object indent) {
    if (Python.isText(indent)) {
      return Python.text(indent);
    }
    int width = Math.max(0, Numbers.index(indent));
    budget.characters(width);
    return " ".repeat(width);
  }

  private void write(Object value, int depth) {
    Budget.nesting(depth);
    budget.spend(1);
    if (Python.isText(value)) {
      quote(Python.text(value));
    } else if (value instanceof Dict dict) {
      surround("{}", entries(dict), depth, entry -> entry(entry, depth));
    } else if (value instanceof List<?> list) {
      surround("[]", list.iterator(), depth, item -> write(item, depth + 1));
    } else if (value instanceof Tuple tuple) {
      surround("[]", tuple.items().iterator(), depth, item -> write(item, depth + 1));
    } else {
      json.append(scalar(value));
    }
  }

  private String scalar(Object value) {
    if (value == None.NONE) {
      return "null";
    }
    if (value instanceof Double number) {
      if (number.isNaN() || number.isInfinite()) {
        return number.isNaN() ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
      }
      return Numbers.text(budget, number);
    }
    if (value instanceof Long || value instanceof BigInteger || value instanceof Boolean) {
      return value.toString();
    }
    throw new Halt("tojson cannot write " + Python.type(value));
  }

  private Iterator<Dict.Entry> entries(Dict dict) {
    if (!style.sortsKeys()) {
      return dict.entries().iterator();
    }
    Comparator<Dict.Entry> byKey = (a, b) -> Comparisons.compare(budget, a.key(), b.key());
    return dict.entries().stream().sorted(byKey).iterator();
  }

  private void entry(Dict.Entry entry, int depth) {
    Object key = entry.key();
    quote(Python.isText(key) ? Python.text(key) : scalar(key));
    json.append(style.colon());
    write(entry.value(), depth + 1);
  }

  private <T> void surround(String brackets, Iterator<T> items, int depth, Consumer<T> one) {
    json.append(brackets.charAt(0));
    if (items.hasNext()) {
      for (boolean first = true; items.hasNext(); first = false) {
        json.append(first ? "" : style.comma());
        newLine(depth);
        one.accept(items.next());
      }
      newLine(depth - 1);
    }
    json.append(brackets.charAt(1));
  }

  private void newLine(int depth) {
    if (style.hasLines()) {
      json.append('\n');
      for (int i = 0; i < depth; i++) {
        json.append(style.indent());
      }
    }
  }

  private void quote(String text) {
    json.append('"');
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escaped = ESCAPED.indexOf(c);
      if (escaped >= 0 || c < ' ' || (style.isAscii() && c > '~')) {
        json.append(text.substring(start, i))
            .append(
                escaped >= 0
                    ? "\\" + ESCAPES.charAt(escaped)
                    : String.format(Locale.ROOT, "\\u%04x", (int) c));
        start = i + 1;
      }
    }
    json.append(text.substring(start)).append('"');
  }
}
