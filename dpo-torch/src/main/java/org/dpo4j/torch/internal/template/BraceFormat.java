package org.dpo4j.torch.internal.template;

/** {@code format.format(…)}. */
final class BraceFormat {

  private static final int MAX_DEPTH = 2;

  private final Budget budget;
  private final Arguments arguments;
  private final boolean isMarkup;
  private int next;

  private BraceFormat(Budget budget, Arguments arguments, boolean isMarkup) {
    this.budget = budget;
    this.arguments = arguments;
    this.isMarkup = isMarkup;
  }

  /** The method {@code format}. */
  static Object format(Scope scope, Object format, Arguments arguments) {
    boolean isMarkup = format instanceof Markup;
    BraceFormat formatter = new BraceFormat(scope.budget(), arguments, isMarkup);
    return Python.like(format, formatter.write(Python.text(format), 0));
  }

  private String write(String format, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Halt("a format must not be nested so deep");
    }
    Output out = new Output(budget);
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      if (c != '{' && c != '}') {
        int end = plainEnd(format, at);
        out.append(format.substring(at, end));
        at = end;
      } else if (at + 1 < format.length() && format.charAt(at + 1) == c) {
        out.append(c);
        at += 2;
      } else if (c == '}') {
        throw new Halt("a format has a } that closes nothing");
      } else {
        int end = fieldEnd(format, at);
        out.append(field(format.substring(at + 1, end), depth));
        at = end + 1;
      }
    }
    return out.text();
  }

  private static int plainEnd(String format, int from) {
    int end = from;
    while (end < format.length() && format.charAt(end) != '{' && format.charAt(end) != '}') {
      end++;
    }
    return end;
  }

  private static int fieldEnd(String format, int from) {
    int open = 0;
    for (int i = from; i < format.length(); i++) {
      open += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    throw new Halt("a format has a { that is not closed");
  }

  private String field(String field, int depth) {
    int colon = nameEnd(field);
    String spec = colon < field.length() ? field.substring(colon + 1) : "";
    String name = field.substring(0, colon);
    int bang = name.indexOf('!');
    Object value = value(bang < 0 ? name : name.substring(0, bang));
    if (bang >= 0) {
      value =
          switch (name.substring(bang + 1)) {
            case "s" -> Representation.string(budget, value);
            case "r" -> Representation.of(budget, value);
            default -> throw new Halt("a format's conversion must be !s or !r");
          };
    }
    String how = write(spec, depth + 1);
    if (how.isEmpty()) {
      return isMarkup ? Markup.escape(budget, value) : Representation.string(budget, value);
    }
    String formatted = FormatSpec.parse(how).apply(budget, value);
    return isMarkup ? Markup.escapeText(budget, formatted) : formatted;
  }

  private static int nameEnd(String field) {
    int bracket = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      bracket += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ':' && bracket == 0) {
        return i;
      }
    }
    return field.length();
  }

  /** {@code name.attribute[item]}. */
  private Object value(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    Object value = argument(path.substring(0, end));
    while (end < path.length()) {
      boolean isItem = path.charAt(end) == '[';
      int start = end + 1;
      end = start;
      while (end < path.length()
          && (isItem ? path.charAt(end) != ']' : ".[".indexOf(path.charAt(end)) < 0)) {
        end++;
      }
      String key = path.substring(start, end);
      value = part(value, key, isItem);
      end += isItem ? 1 : 0;
    }
    return value;
  }

  private Object part(Object value, String key, boolean isItem) {
    Object part =
        isItem
            ? Attributes.item(budget, value, isIndex(key) ? (Object) Long.valueOf(key) : key)
            : Attributes.attribute(budget, value, key);
    if (part instanceof Undefined) {
      throw new Halt("a format asks for '" + key + "', which is not there");
    }
    return part;
  }

  private static boolean isIndex(String key) {
    return key.matches("[0-9]{1,9}");
  }

  private Object argument(String name) {
    if (name.isEmpty() || isIndex(name)) {
      if ((next > 0 && !name.isEmpty()) || (next < 0 && name.isEmpty())) {
        throw new Halt("a format must number all of its fields or none");
      }
      int index = name.isEmpty() ? next++ : Integer.parseInt(name);
      next = name.isEmpty() ? next : -1;
      if (index < arguments.positional().size()) {
        return arguments.positional().get(index);
      }
    } else if (arguments.named().containsKey(name)) {
      return arguments.named().getOrDefault(name, None.NONE);
    }
    throw new Halt("a format asks for an argument '" + name + "' that is not there");
  }
}
