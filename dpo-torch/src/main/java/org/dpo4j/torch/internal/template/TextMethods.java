package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Methods of Python's {@code str}. */
final class TextMethods {

  static final Operation STRIP =
      (value, arguments) -> right(left(Python.string(value), arguments), arguments);
  static final Operation REPLACE =
      (value, arguments) -> replace(Python.string(value), arguments.only(2, 2));

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .put("m_strip", (value, arguments) -> STRIP.on(Python.text(value), arguments))
          .put("m_lstrip", (value, arguments) -> left(Python.text(value), arguments))
          .put("m_rstrip", (value, arguments) -> right(Python.text(value), arguments))
          .put("m_startswith", (value, arguments) -> any(arguments, Python.text(value)::startsWith))
          .put("m_endswith", (value, arguments) -> any(arguments, Python.text(value)::endsWith))
          .put("m_split", (value, arguments) -> split(Python.text(value), arguments))
          .put("m_upper", (value, arguments) -> Python.text(value).toUpperCase(Locale.ROOT))
          .put("m_lower", (value, arguments) -> Python.text(value).toLowerCase(Locale.ROOT))
          .put("m_replace", (value, arguments) -> REPLACE.on(Python.text(value), arguments))
          .put("m_find", (value, arguments) -> find(Python.text(value), only(arguments)))
          .put("m_join", (value, arguments) -> join(Python.text(value), only(arguments)))
          .put("m_removeprefix", TextMethods::withoutPrefix)
          .put("m_removesuffix", TextMethods::withoutSuffix)
          .buildOrThrow();

  private TextMethods() {}

  private static Object only(Arguments arguments) {
    return arguments.only(1, 1).get(0);
  }

  private static String left(String text, Arguments arguments) {
    IntPredicate stripped = stripped(arguments);
    int start = 0;
    while (start < text.length() && stripped.test(text.codePointAt(start))) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }

  private static String right(String text, Arguments arguments) {
    IntPredicate stripped = stripped(arguments);
    int end = text.length();
    while (end > 0 && stripped.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  private static IntPredicate stripped(Arguments arguments) {
    Object characters = arguments.only(0, 1, "chars").get(0, "chars", Absent.NONE);
    if (characters == Absent.NONE) {
      return Python::isSpace;
    }
    String set = Python.text(characters);
    return character -> set.indexOf(character) >= 0;
  }

  private static boolean any(Arguments arguments, Predicate<String> test) {
    Object affix = only(arguments);
    return affix instanceof String one
        ? test.test(one)
        : Python.items(affix).stream().anyMatch(one -> test.test(Python.text(one)));
  }

  private static Object split(String text, Arguments arguments) {
    Arguments known = arguments.only(0, 2, "sep", "maxsplit");
    Object separator = known.get(0, "sep", Absent.NONE);
    long most = Python.whole(known.get(1, "maxsplit", -1L));
    if (separator == Absent.NONE) {
      if (most >= 0) {
        throw new Halt("split with maxsplit must have a separator");
      }
      return splitAtSpace(text);
    }
    ImmutableList.Builder<Object> parts = ImmutableList.builder();
    String at = nonEmpty(Python.text(separator));
    int start = 0;
    int found = text.indexOf(at);
    for (long count = 0; found >= 0 && (most < 0 || count < most); count++) {
      parts.add(text.substring(start, found));
      start = found + at.length();
      found = text.indexOf(at, start);
    }
    return parts.add(text.substring(start)).build();
  }

  private static Object splitAtSpace(String text) {
    ImmutableList.Builder<Object> parts = ImmutableList.builder();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || Python.isSpace(text.charAt(i))) {
        if (i > start) {
          parts.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return parts.build();
  }

  private static String replace(String text, Arguments arguments) {
    String old = nonEmpty(Python.text(arguments.get(0)));
    String with = Python.text(arguments.get(1));
    long occurrences = ((long) text.length() - text.replace(old, "").length()) / old.length();
    if (text.length() + occurrences * with.length() > Budget.MAX_CHARACTERS) {
      throw new Halt("text must have at most " + Budget.MAX_CHARACTERS + " characters");
    }
    return text.replace(old, with);
  }

  private static Object find(String text, Object part) {
    int at = text.indexOf(Python.text(part));
    return at < 0 ? -1L : (long) text.codePointCount(0, at);
  }

  private static Object join(String separator, Object items) {
    List<String> texts = Python.items(items).stream().map(Python::text).toList();
    return String.join(separator, texts);
  }

  private static Object withoutPrefix(Object value, Arguments arguments) {
    String text = Python.text(value);
    String prefix = Python.text(only(arguments));
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static Object withoutSuffix(Object value, Arguments arguments) {
    String text = Python.text(value);
    String suffix = Python.text(only(arguments));
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static String nonEmpty(String text) {
    if (text.isEmpty()) {
      throw new Halt("the text to look for must not be empty");
    }
    return text;
  }
}
