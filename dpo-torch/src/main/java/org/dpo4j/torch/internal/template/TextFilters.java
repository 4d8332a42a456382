package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/** Filters of text. Most take whatever can be printed. */
final class TextFilters {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .put("capitalize", mapped(Characters::capitalize))
          .put("lower", mapped(Characters::lower))
          .put("upper", mapped(Characters::upper))
          .put("title", mapped(TextFilters::title))
          .put("string", TextFilters::string)
          .put("trim", TextFilters::trim)
          .put("replace", TextFilters::replace)
          .put("center", TextFilters::center)
          .put("format", TextFilters::format)
          .put("indent", TextFilters::indent)
          .put("truncate", TextFilters::truncate)
          .put("wordcount", TextFilters::wordCount)
          .put("wordwrap", WordWrap::filter)
          .put("escape", TextFilters::escape)
          .put("e", TextFilters::escape)
          .put("forceescape", TextFilters::forceEscape)
          .put("safe", (scope, value, arguments) -> new Markup(plain(scope, value)))
          .put("striptags", StripTags::filter)
          .put("urlencode", TextFilters::urlEncode)
          .put("xmlattr", TextFilters::xmlAttributes)
          .buildOrThrow();

  private static final String WORD_BEGINS = "-({[<";
  private static final String UNRESERVED =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~";

  private TextFilters() {}

  /** What a value prints as; markup stays markup. */
  static Object soft(Scope scope, Object value) {
    return value instanceof Markup ? value : Representation.string(scope.budget(), value);
  }

  private static String plain(Scope scope, Object value) {
    return Representation.string(scope.budget(), value);
  }

  private static Operation mapped(UnaryOperator<String> change) {
    return (scope, value, arguments) -> {
      Arguments.Bound unused = arguments.bind(0);
      return TextMethods.changed(scope.budget(), soft(scope, value), change);
    };
  }

  /** The filter, which unlike the method begins a word only after a space or a bracket. */
  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    int start = 0;
    while (start < text.length()) {
      boolean begins = beginsWord(text.charAt(start));
      int end = start;
      while (end < text.length() && beginsWord(text.charAt(end)) == begins) {
        end++;
      }
      int second = text.offsetByCodePoints(start, 1);
      title
          .append(Characters.upper(text.substring(start, second)))
          .append(Characters.lower(text.substring(second, end)));
      start = end;
    }
    return title.toString();
  }

  private static boolean beginsWord(char c) {
    return WORD_BEGINS.indexOf(c) >= 0 || Characters.isSpace(c);
  }

  private static Object string(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return soft(scope, value);
  }

  private static Object trim(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "chars");
    Object text = soft(scope, value);
    return Python.like(
        text, TextMethods.stripped(scope.budget(), Python.text(text), bound, TextMethods::strip));
  }

  private static Object replace(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(2, "old", "new", "count");
    Budget budget = scope.budget();
    int most = bound.isGiven(2) ? bound.whole(2) : -1;
    String old = plain(scope, bound.get(0));
    if (!scope.autoescapes()) {
      return TextMethods.replaced(
          budget, plain(scope, value), old, plain(scope, bound.get(1)), most);
    }
    boolean isSafe =
        bound.get(0) instanceof Markup
            || (bound.get(1) instanceof Markup && !(value instanceof Markup));
    Object text = isSafe ? new Markup(Markup.escape(budget, value)) : soft(scope, value);
    String with =
        text instanceof Markup ? Markup.escape(budget, bound.get(1)) : plain(scope, bound.get(1));
    return TextMethods.replaced(budget, text, old, with, most);
  }

  private static Object center(Scope scope, Object value, Arguments arguments) {
    int width = arguments.bind(0, "width").whole(0, 80);
    Object text = soft(scope, value);
    return Python.like(
        text, TextMethods.padded(scope.budget(), Python.text(text), width, " ", '^'));
  }

  private static Object format(Scope scope, Object value, Arguments arguments) {
    if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
      throw new Halt("format takes arguments with names or without, and not both");
    }
    Dict.Builder named = new Dict.Builder(scope.budget());
    arguments.named().forEach(named::put);
    Object values = arguments.named().isEmpty() ? new Tuple(arguments.positional()) : named.build();
    return PercentFormat.format(scope.budget(), soft(scope, value), values);
  }

  private static Object indent(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "width", "first", "blank");
    Object width = bound.or(0, 4L);
    int spaces = Python.isText(width) ? 0 : Math.max(0, Numbers.index(width));
    scope.budget().characters(spaces);
    String indentation = Python.isText(width) ? Python.text(width) : " ".repeat(spaces);
    boolean isBlankToo = bound.isTrue(2);
    List<Object> lines = Characters.lines(scope.budget(), Python.text(value) + "\n", false);
    Output out = new Output(scope.budget());
    for (int i = 0; i < lines.size(); i++) {
      String line = Python.text(lines.get(i));
      boolean indents = i == 0 ? bound.isTrue(1) : isBlankToo || !line.isEmpty();
      out.append(i == 0 ? "" : "\n").append(indents ? indentation : "").append(line);
    }
    return Python.like(value, out.text());
  }

  private static Object truncate(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "length", "killwords", "end", "leeway");
    Budget budget = scope.budget();
    int length = bound.whole(0, 255);
    Object end = bound.or(2, "...");
    int leeway = bound.isGiven(3) ? bound.whole(3) : 5;
    int kept = length - Characters.count(budget, Python.text(end));
    if (kept < 0 || leeway < 0) {
      throw new Halt("truncate must leave at least as many characters as its end has");
    }
    if (Python.length(budget, value) <= (long) length + leeway) {
      return value;
    }
    String start = Python.text(Slices.slice(budget, Python.text(value), 0L, (long) kept, 1L));
    int space = start.lastIndexOf(' ');
    String cut = bound.isTrue(1) || space < 0 ? start : start.substring(0, space);
    return Arithmetic.apply(budget, "+", Python.like(value, cut), end);
  }

  private static Object wordCount(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    String text = plain(scope, value);
    scope.budget().spend(text.length());
    long words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      boolean isWord = isWord(text.codePointAt(i));
      words += isWord && !inWord ? 1 : 0;
      inWord = isWord;
    }
    return words;
  }

  private static boolean isWord(int c) {
    int type = Character.getType(c);
    return c == '_'
        || Character.isLetterOrDigit(c)
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static Object escape(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return new Markup(Markup.escape(scope.budget(), value));
  }

  private static Object forceEscape(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return new Markup(Markup.escapeText(scope.budget(), plain(scope, value)));
  }

  private static Object urlEncode(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    if (Python.isText(value) || !Python.isIterable(value)) {
      return quoted(scope, value, "/");
    }
    Object pairs = value instanceof Dict dict ? new DictView(dict, DictView.Kind.ITEMS) : value;
    Output out = new Output(scope.budget());
    for (Object pair : Python.list(scope.budget(), pairs)) {
      List<Object> both = Python.list(scope.budget(), pair);
      if (both.size() != 2) {
        throw new Halt("urlencode wants pairs of key and value");
      }
      out.append(out.length() == 0 ? "" : "&")
          .append(quoted(scope, both.get(0), "").replace("%20", "+"))
          .append("=")
          .append(quoted(scope, both.get(1), "").replace("%20", "+"));
    }
    return out.text();
  }

  private static String quoted(Scope scope, Object value, String safe) {
    Output out = new Output(scope.budget());
    for (byte b : plain(scope, value).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean isSafe = UNRESERVED.indexOf(c) >= 0 || safe.indexOf(c) >= 0;
      out.append(
          isSafe
              ? String.valueOf(c)
              : "%"
                  + Character.toUpperCase(Character.forDigit(c >> 4, 16))
                  + Character.toUpperCase(Character.forDigit(c & 15, 16)));
    }
    return out.text();
  }

  private static Object xmlAttributes(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "autospace");
    Output out = new Output(scope.budget());
    boolean isSpaced = Python.isTrue(bound.or(0, true));
    for (Dict.Entry entry : Python.dict(value).entries()) {
      if (entry.value() == None.NONE || entry.value() instanceof Undefined) {
        continue;
      }
      String key = Python.text(entry.key());
      if (key.chars().anyMatch(c -> " \t\n\r\f\u000b/>=".indexOf(c) >= 0)) {
        throw new Halt("an attribute's name must have no space, /, > or =");
      }
      out.append(out.length() > 0 || isSpaced ? " " : "")
          .append(Markup.escape(scope.budget(), entry.key()))
          .append("=\"")
          .append(Markup.escape(scope.budget(), entry.value()))
          .append('"');
    }
    return scope.autoescapes() ? new Markup(out.text()) : out.text();
  }
}
