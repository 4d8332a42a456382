package org.dpo4j.torch.internal.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** {@code json.dumps(value, ensure_ascii=False, indent=indent)}. */
final class PythonJson {

  private static final int MAX_INDENT = 16;
  private static final int MAX_DEPTH = 50;
  private static final String ESCAPED = "\"\\\n\r\t\b\f";
  private static final String ESCAPES = "\"\\nrtbf";

  private final StringBuilder json = new StringBuilder();
  private final int indent;

  private PythonJson(int indent) {
    this.indent = indent;
  }

  static String text(Object value, Object indent) {
    boolean lines = indent != Absent.NONE;
    PythonJson writer =
        new PythonJson(lines ? (int) Math.min(MAX_INDENT, Math.max(0, Python.whole(indent))) : -1);
    writer.write(value, 1);
    return writer.json.toString();
  }

  private void write(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Halt("tojson cannot write what is nested so deep");
    }
    if (value instanceof String string) {
      quote(string);
    } else if (value instanceof Map<?, ?> map) {
      surround("{}", map.entrySet().iterator(), depth, entry -> entry(entry, depth));
    } else if (value instanceof List<?> list) {
      surround("[]", list.iterator(), depth, item -> write(Python.plain(item), depth + 1));
    } else if (value == Absent.NONE) {
      json.append("null");
    } else if (value instanceof Long || value instanceof Boolean) {
      json.append(value);
    } else {
      throw new Halt("tojson cannot write " + Python.type(value));
    }
  }

  private void entry(Map.Entry<?, ?> entry, int depth) {
    quote(Python.text(entry.getKey()));
    json.append(": ");
    write(Python.plain(entry.getValue()), depth + 1);
  }

  private <T> void surround(String brackets, Iterator<T> items, int depth, Consumer<T> one) {
    json.append(brackets.charAt(0));
    if (items.hasNext()) {
      for (boolean first = true; items.hasNext(); first = false) {
        json.append(first ? "" : indent < 0 ? ", " : ",");
        newLine(depth);
        one.accept(items.next());
      }
      newLine(depth - 1);
    }
    json.append(brackets.charAt(1));
  }

  private void newLine(int depth) {
    if (indent >= 0) {
      json.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private void quote(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escaped = ESCAPED.indexOf(c);
      if (escaped >= 0) {
        json.append('\\').append(ESCAPES.charAt(escaped));
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
