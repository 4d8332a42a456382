package org.dpo4j.torch.internal.template;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** Values as Python prints them: {@code str(value)} and {@code repr(value)}. */
final class Representation {

  private final Budget budget;
  private final Output out;
  private final boolean sortsKeys;

  private Representation(Budget budget, boolean sortsKeys) {
    this.budget = budget;
    this.out = new Output(budget);
    this.sortsKeys = sortsKeys;
  }

  /** {@code str(value)}. */
  static String string(Budget budget, Object value) {
    if (value instanceof Undefined) {
      return "";
    }
    return Python.isText(value) ? Python.text(value) : of(budget, value);
  }

  /** {@code repr(value)}. */
  static String of(Budget budget, Object value) {
    return of(budget, value, false);
  }

  /** {@code repr(value)}, the keys of mappings in their order or in that of Python. */
  static String of(Budget budget, Object value, boolean sortsKeys) {
    Representation representation = new Representation(budget, sortsKeys);
    representation.write(value, 0);
    return representation.out.text();
  }

  private void write(Object value, int depth) {
    Budget.nesting(depth);
    budget.spend(1);
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Markup markup) {
      out.append("Markup(");
      quote(markup.text());
      out.append(")");
    } else if (value instanceof List<?> list) {
      surround("[", list.iterator(), "]", depth);
    } else if (value instanceof Tuple tuple) {
      surround("(", tuple.items().iterator(), tuple.items().size() == 1 ? ",)" : ")", depth);
    } else if (value instanceof Dict dict) {
      entries(dict, depth);
    } else if (value instanceof DictView view) {
      surround(view.kind().pythonName() + "([", view.elements(), "])", depth);
    } else if (value instanceof Namespace namespace) {
      out.append("<Namespace ");
      entries(namespace.attributes(budget), depth + 1);
      out.append(">");
    } else if (value instanceof Bytes bytes) {
      bytes(bytes);
    } else {
      out.append(plain(value));
    }
  }

  private String plain(Object value) {
    if (value instanceof Boolean bool) {
      return bool ? "True" : "False";
    }
    if (value instanceof Double number) {
      return Numbers.text(budget, number);
    }
    if (value instanceof Long
        || value instanceof BigInteger
        || value instanceof Range
        || value instanceof TemplateSelf
        || value instanceof Macro
        || value instanceof Loop) {
      return value.toString();
    }
    if (value instanceof Undefined) {
      return "Undefined";
    }
    if (value == None.NONE) {
      return "None";
    }
    throw new Halt(
        "Python prints where " + Python.type(value) + " is in memory, which no prompt should hold");
  }

  private void surround(String begin, Iterator<?> elements, String end, int depth) {
    out.append(begin);
    for (boolean first = true; elements.hasNext(); first = false) {
      out.append(first ? "" : ", ");
      write(elements.next(), depth + 1);
    }
    out.append(end);
  }

  private void entries(Dict dict, int depth) {
    out.append("{");
    boolean first = true;
    for (Dict.Entry entry : sortsKeys ? sorted(dict) : dict.entries()) {
      out.append(first ? "" : ", ");
      write(entry.key(), depth + 1);
      out.append(": ");
      write(entry.value(), depth + 1);
      first = false;
    }
    out.append("}");
  }

  private List<Dict.Entry> sorted(Dict dict) {
    Comparator<Dict.Entry> byKey = (a, b) -> Comparisons.compare(budget, a.key(), b.key());
    return dict.entries().stream().sorted(byKey).toList();
  }

  private void quote(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(c -> character(c, quote));
    out.append(quote);
  }

  private void character(int c, char quote) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c == quote || c == '\\') {
          out.append('\\').append((char) c);
        } else if (Characters.isPrintable(c)) {
          out.append(Character.toString(c));
        } else {
          String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
          out.append(String.format(Locale.ROOT, form, c));
        }
      }
    }
  }

  private void bytes(Bytes bytes) {
    boolean hasSingle = bytes.values().contains('\'');
    char quote = hasSingle && !bytes.values().contains('"') ? '"' : '\'';
    out.append('b').append(quote);
    bytes
        .values()
        .forEach(
            b -> {
              if (b < 0x7f) {
                character(b, quote);
              } else {
                out.append(String.format(Locale.ROOT, "\\x%02x", b));
              }
            });
    out.append(quote);
  }
}
