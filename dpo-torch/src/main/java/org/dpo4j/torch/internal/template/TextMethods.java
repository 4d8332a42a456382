package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of Python's texts. */
final class TextMethods {

  private static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .put("capitalize", mapped(Characters::capitalize))
          .put("casefold", mapped(Characters::foldCase))
          .put("lower", mapped(Characters::lower))
          .put("swapcase", mapped(Characters::swapCase))
          .put("title", mapped(Characters::title))
          .put("upper", mapped(Characters::upper))
          .put("strip", stripped(TextMethods::strip))
          .put("lstrip", stripped(Characters::leftStrip))
          .put("rstrip", stripped(Characters::rightStrip))
          .put("startswith", affix(String::startsWith))
          .put("endswith", affix(String::endsWith))
          .put("removeprefix", TextMethods::withoutPrefix)
          .put("removesuffix", TextMethods::withoutSuffix)
          .put("split", (scope, text, arguments) -> Splitting.split(scope, text, arguments, false))
          .put("rsplit", (scope, text, arguments) -> Splitting.split(scope, text, arguments, true))
          .put("splitlines", Splitting::lines)
          .put(
              "partition",
              (scope, text, arguments) -> Splitting.partition(scope, text, arguments, false))
          .put(
              "rpartition",
              (scope, text, arguments) -> Splitting.partition(scope, text, arguments, true))
          .put("replace", TextMethods::replace)
          .put("join", TextMethods::join)
          .put("count", TextMethods::count)
          .put("find", (scope, text, arguments) -> find(scope, text, arguments, false))
          .put("rfind", (scope, text, arguments) -> find(scope, text, arguments, true))
          .put("index", (scope, text, arguments) -> index(scope, text, arguments, false))
          .put("rindex", (scope, text, arguments) -> index(scope, text, arguments, true))
          .put("center", padded('^'))
          .put("ljust", padded('<'))
          .put("rjust", padded('>'))
          .put("zfill", TextMethods::zeroFilled)
          .put("expandtabs", TextMethods::expandTabs)
          .put("encode", TextMethods::encode)
          .put("format", BraceFormat::format)
          .put("format_map", ContainerMethods.unsupported("format_map"))
          .put("translate", ContainerMethods.unsupported("translate"))
          .put("maketrans", ContainerMethods.unsupported("maketrans"))
          .putAll(tests())
          .buildOrThrow();

  private TextMethods() {}

  static @Nullable Operation find(String name) {
    return ALL.get(name);
  }

  private static ImmutableMap<String, Operation> tests() {
    ImmutableMap.Builder<String, Operation> tests = ImmutableMap.builder();
    TextTests.ALL.forEach(
        (name, test) ->
            tests.put(
                name,
                (scope, value, arguments) -> {
                  Arguments.Bound unused = arguments.bind(0);
                  String text = Python.text(value);
                  scope.budget().spend(text.length());
                  return test.test(text);
                }));
    return tests.buildOrThrow();
  }

  private static Operation mapped(UnaryOperator<String> change) {
    return (scope, value, arguments) -> {
      Arguments.Bound unused = arguments.bind(0);
      return changed(scope.budget(), value, change);
    };
  }

  /** Applies what can make a text up to three times as long. */
  static Object changed(Budget budget, Object value, UnaryOperator<String> change) {
    String text = Python.text(value);
    budget.spend(2L * text.length());
    String changed = change.apply(text);
    budget.characters(changed.length());
    return Python.like(value, changed);
  }

  private static Operation stripped(BiFunction<String, IntPredicate, String> strip) {
    return (scope, value, arguments) -> {
      Arguments.Bound bound = ContainerMethods.positional(arguments).bind(0, "chars");
      return Python.like(value, stripped(scope.budget(), Python.text(value), bound, strip));
    };
  }

  /** A text without some characters at an end, which the first argument may name. */
  static String stripped(
      Budget budget,
      String text,
      Arguments.Bound bound,
      BiFunction<String, IntPredicate, String> strip) {
    IntPredicate stripped = strippedCharacters(bound);
    budget.spend((long) text.length() / 8 * (bound.isGiven(0) ? 1 + bound.text(0).length() : 1));
    String rest = strip.apply(text, stripped);
    budget.characters(rest.length() == text.length() ? 0 : rest.length());
    return rest;
  }

  static String strip(String text, IntPredicate stripped) {
    return Characters.rightStrip(Characters.leftStrip(text, stripped), stripped);
  }

  private static IntPredicate strippedCharacters(Arguments.Bound bound) {
    if (!bound.isGiven(0)) {
      return Characters::isSpace;
    }
    String set = bound.text(0);
    if (set.length() > 100) {
      throw new Halt("at most 100 different characters can be stripped");
    }
    return character -> set.indexOf(character) >= 0;
  }

  private static Operation affix(BiPredicate<String, String> test) {
    return (scope, value, arguments) -> {
      Arguments.Bound bound =
          ContainerMethods.positional(arguments).bind(1, "affix", "start", "end");
      String text = part(scope.budget(), Python.text(value), bound);
      Object affix = bound.get(0);
      List<Object> all = affix instanceof Tuple tuple ? tuple.items() : List.of(affix);
      for (Object one : all) {
        scope.budget().spend(Python.text(one).length() / 8 + 1);
        if (test.test(text, Python.text(one))) {
          return true;
        }
      }
      return false;
    };
  }

  /** The text between the second and the third argument. */
  private static String part(Budget budget, String text, Arguments.Bound bound) {
    boolean isWhole = !bound.isGiven(1) && !bound.isGiven(2);
    return isWhole
        ? text
        : Python.text(
            Slices.slice(budget, text, bound.or(1, None.NONE), bound.or(2, None.NONE), 1L));
  }

  private static Object withoutPrefix(Scope scope, Object value, Arguments arguments) {
    String text = Python.text(value);
    String prefix = ContainerMethods.positional(arguments).bind(1, "prefix").text(0);
    scope.budget().spend(text.length());
    return text.startsWith(prefix) ? Python.like(value, text.substring(prefix.length())) : value;
  }

  private static Object withoutSuffix(Scope scope, Object value, Arguments arguments) {
    String text = Python.text(value);
    String suffix = ContainerMethods.positional(arguments).bind(1, "suffix").text(0);
    scope.budget().spend(text.length());
    return text.endsWith(suffix)
        ? Python.like(value, text.substring(0, text.length() - suffix.length()))
        : value;
  }

  private static Object replace(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = ContainerMethods.positional(arguments).bind(2, "old", "new", "count");
    Object with = bound.get(1);
    String text = Python.text(with);
    return replaced(
        scope.budget(),
        value,
        bound.text(0),
        value instanceof Markup ? Markup.escape(scope.budget(), with) : text,
        bound.whole(2, -1));
  }

  static Object replaced(Budget budget, Object value, String old, String with, int most) {
    String text = Python.text(value);
    ImmutableIntArray places =
        old.isEmpty() ? boundaries(budget, text, most) : TextSearch.all(budget, text, old, most);
    if (places.isEmpty()) {
      return value;
    }
    long change = (long) places.length() * (with.length() - old.length());
    budget.characters(text.length() + change);
    StringBuilder replaced = new StringBuilder((int) (text.length() + change));
    int start = 0;
    for (int i = 0; i < places.length(); i++) {
      replaced.append(text, start, places.get(i)).append(with);
      start = places.get(i) + old.length();
    }
    return Python.like(value, replaced.append(text, start, text.length()).toString());
  }

  /** Where nothing can be found: before each character and at the end. */
  private static ImmutableIntArray boundaries(Budget budget, String text, int most) {
    budget.characters(4L * text.length());
    ImmutableIntArray.Builder places = ImmutableIntArray.builder();
    int count = 0;
    for (int at = 0; at <= text.length() && (most < 0 || count < most); count++) {
      places.add(at);
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
    }
    return places.build();
  }

  private static Object join(Scope scope, Object value, Arguments arguments) {
    Object items = ContainerMethods.positional(arguments).bind(1, "iterable").get(0);
    Iterator<Object> each = Python.iterator(scope.budget(), items);
    Output out = new Output(scope.budget());
    for (boolean first = true; each.hasNext(); first = false) {
      out.append(first ? "" : Python.text(value));
      Object item = each.next();
      out.append(value instanceof Markup ? Markup.escape(scope.budget(), item) : Python.text(item));
      scope.step();
    }
    return Python.like(value, out.text());
  }

  private static Object count(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = ContainerMethods.positional(arguments).bind(1, "sub", "start", "end");
    String text = part(scope.budget(), Python.text(value), bound);
    String part = bound.text(0);
    return part.isEmpty()
        ? Characters.count(scope.budget(), text) + 1L
        : (long) TextSearch.all(scope.budget(), text, part, -1).length();
  }

  private static Object index(Scope scope, Object value, Arguments arguments, boolean isLast) {
    Object found = find(scope, value, arguments, isLast);
    if (found.equals(-1L)) {
      throw new Halt("the text to look for is not there");
    }
    return found;
  }

  private static Object find(Scope scope, Object value, Arguments arguments, boolean isLast) {
    Arguments.Bound bound = ContainerMethods.positional(arguments).bind(1, "sub", "start", "end");
    Budget budget = scope.budget();
    String whole = Python.text(value);
    int size = Characters.count(budget, whole);
    int start = bound.isGiven(1) ? ContainerMethods.bound(bound.whole(1), size) : 0;
    boolean isBeyond = bound.isGiven(1) && bound.whole(1) > size;
    String text = part(budget, whole, bound);
    String part = bound.text(0);
    int at =
        isLast ? TextSearch.findLast(budget, text, part) : TextSearch.find(budget, text, part, 0);
    return at < 0 || isBeyond ? -1L : (long) start + text.codePointCount(0, at);
  }

  private static Operation padded(char how) {
    return (scope, value, arguments) -> {
      Arguments.Bound bound = ContainerMethods.positional(arguments).bind(1, "width", "fillchar");
      String fill = bound.text(1, " ");
      if (fill.codePointCount(0, fill.length()) != 1) {
        throw new Halt("what a text is filled up with must be one character");
      }
      String escaped =
          value instanceof Markup ? Markup.escape(scope.budget(), bound.or(1, " ")) : fill;
      return Python.like(
          value, padded(scope.budget(), Python.text(value), bound.whole(0), escaped, how));
    };
  }

  /** The text in the middle, to the left or to the right of so many characters. */
  static String padded(Budget budget, String text, int width, String fill, char how) {
    int missing = width - Characters.count(budget, text);
    if (missing <= 0) {
      return text;
    }
    budget.characters((long) missing * fill.length() + text.length());
    // Python puts the odd one to the left if the width is odd.
    int left =
        switch (how) {
          case '<' -> 0;
          case '>' -> missing;
          default -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }

  private static Object zeroFilled(Scope scope, Object value, Arguments arguments) {
    int width = ContainerMethods.positional(arguments).bind(1, "width").whole(0);
    String text = Python.text(value);
    int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    String rest = text.substring(sign);
    return Python.like(
        value, text.substring(0, sign) + padded(scope.budget(), rest, width - sign, "0", '>'));
  }

  private static Object expandTabs(Scope scope, Object value, Arguments arguments) {
    int size = Math.min(1000, arguments.bind(0, "tabsize").whole(0, 8));
    Output out = new Output(scope.budget());
    int column = 0;
    scope.budget().characters(4L * Python.size(value));
    for (int c : Python.text(value).codePoints().toArray()) {
      if (c == '\t') {
        int missing = size <= 0 ? 0 : size - column % size;
        out.append(" ".repeat(missing));
        column += missing;
      } else {
        out.append(Character.toString(c));
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    return Python.like(value, out.text());
  }

  private static Object encode(Scope scope, Object value, Arguments arguments) {
    ContainerMethods.utf8(arguments.bind(0, "encoding", "errors"));
    String text = Python.text(value);
    scope.budget().characters(16L * text.length());
    ImmutableIntArray.Builder bytes = ImmutableIntArray.builder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(b & 0xff);
    }
    return new Bytes(bytes.build());
  }
}
