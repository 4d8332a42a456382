package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The methods that cut a text into several. */
final class Splitting {

  private Splitting() {}

  static Object split(Scope scope, Object value, Arguments arguments, boolean fromEnd) {
    Arguments.Bound bound = arguments.bind(0, "sep", "maxsplit");
    String text = Python.text(value);
    int most = bound.whole(1, -1);
    Budget budget = scope.budget();
    List<String> parts =
        bound.isGiven(0)
            ? split(budget, text, bound.text(0), most, fromEnd)
            : fromEnd ? splitAtSpaceFromEnd(budget, text, most) : splitAtSpace(budget, text, most);
    return like(value, parts);
  }

  private static List<Object> like(Object value, List<String> parts) {
    ImmutableList.Builder<Object> list = ImmutableList.builder();
    parts.forEach(part -> list.add(Python.like(value, part)));
    return list.build();
  }

  private static List<String> split(
      Budget budget, String text, String separator, int most, boolean fromEnd) {
    if (separator.isEmpty()) {
      throw new Halt("the text to look for must not be empty");
    }
    ImmutableIntArray places =
        fromEnd
            ? TextSearch.allFromEnd(budget, text, separator, most)
            : TextSearch.all(budget, text, separator, most);
    budget.elements(places.length() + 1L);
    budget.characters(text.length());
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < places.length(); i++) {
      parts.add(text.substring(start, places.get(i)));
      start = places.get(i) + separator.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** Words; the last holds what is left if there may be no more. */
  private static List<String> splitAtSpace(Budget budget, String text, int most) {
    budget.characters(text.length());
    List<String> parts = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length()) {
      budget.element(parts.size());
      if (most >= 0 && parts.size() == most) {
        parts.add(text.substring(at));
        return parts;
      }
      int end = skip(text, at, false);
      parts.add(text.substring(at, end));
      at = skip(text, end, true);
    }
    return parts;
  }

  private static int skip(String text, int from, boolean spaces) {
    int at = from;
    while (at < text.length() && Characters.isSpace(text.charAt(at)) == spaces) {
      at++;
    }
    return at;
  }

  private static List<String> splitAtSpaceFromEnd(Budget budget, String text, int most) {
    budget.characters(text.length());
    List<String> parts = new ArrayList<>();
    int end = skipBack(text, text.length(), true);
    while (end > 0) {
      budget.element(parts.size());
      if (most >= 0 && parts.size() == most) {
        parts.add(text.substring(0, end));
        break;
      }
      int at = skipBack(text, end, false);
      parts.add(text.substring(at, end));
      end = skipBack(text, at, true);
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int skipBack(String text, int from, boolean spaces) {
    int at = from;
    while (at > 0 && Characters.isSpace(text.charAt(at - 1)) == spaces) {
      at--;
    }
    return at;
  }

  static Object lines(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "keepends");
    return Characters.lines(scope.budget(), Python.text(value), bound.isTrue(0)).stream()
        .map(line -> Python.like(value, Python.text(line)))
        .collect(ImmutableList.toImmutableList());
  }

  static Object partition(Scope scope, Object value, Arguments arguments, boolean fromEnd) {
    String separator = ContainerMethods.positional(arguments).bind(1, "sep").text(0);
    if (separator.isEmpty()) {
      throw new Halt("the text to look for must not be empty");
    }
    String text = Python.text(value);
    int at =
        fromEnd
            ? TextSearch.findLast(scope.budget(), text, separator)
            : TextSearch.find(scope.budget(), text, separator, 0);
    scope.budget().characters(text.length());
    List<String> parts =
        at >= 0
            ? List.of(text.substring(0, at), separator, text.substring(at + separator.length()))
            : fromEnd ? List.of("", "", text) : List.of(text, "", "");
    return new Tuple(like(value, parts));
  }
}
