package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call was given.
 *
 * @param positional in their order
 * @param named by name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(ImmutableList.of(), ImmutableMap.of());

  static Arguments of(Object... positional) {
    return new Arguments(ImmutableList.copyOf(positional), ImmutableMap.of());
  }

  /** Those after the first few. */
  Arguments from(int index) {
    return new Arguments(
        positional.subList(Math.min(index, positional.size()), positional.size()), named);
  }

  /** These and one more. */
  Arguments with(String name, Object value) {
    if (named.containsKey(name)) {
      throw new Halt("the argument '" + name + "' is given twice");
    }
    return new Arguments(
        positional,
        ImmutableMap.<String, Object>builder().putAll(named).put(name, value).buildOrThrow());
  }

  /**
   * Puts each to its parameter.
   *
   * @param required how many of the parameters must be given
   * @param parameters their names
   */
  Bound bind(int required, String... parameters) {
    check(positional.size() <= parameters.length);
    List<@Nullable Object> values = new ArrayList<>(positional);
    values.addAll(Collections.nCopies(parameters.length - positional.size(), null));
    List<String> names = List.of(parameters);
    named.forEach(
        (name, value) -> {
          int index = names.indexOf(name);
          check(index >= 0 && values.get(index) == null);
          values.set(index, value);
        });
    check(values.subList(0, required).stream().allMatch(value -> value != null));
    return new Bound(values);
  }

  private static void check(boolean condition) {
    if (!condition) {
      throw new Halt(
          "a function, filter, test or method was called with other arguments than it has");
    }
  }

  /** Arguments by parameter. */
  record Bound(List<@Nullable Object> values) {

    /** An argument that is required. */
    Object get(int index) {
      return or(index, None.NONE);
    }

    Object or(int index, Object otherwise) {
      Object value = values.get(index);
      return value == null ? otherwise : value;
    }

    boolean has(int index) {
      return values.get(index) != null;
    }

    /** Whether it is there and not None. */
    boolean isGiven(int index) {
      return or(index, None.NONE) != None.NONE;
    }

    boolean isTrue(int index) {
      return Python.isTrue(or(index, false));
    }

    String text(int index) {
      return Python.text(get(index));
    }

    String text(int index, String otherwise) {
      return Python.text(or(index, otherwise));
    }

    int whole(int index, int otherwise) {
      return has(index) ? whole(index) : otherwise;
    }

    /** A whole number; one that is too large for anything here is the largest there is. */
    int whole(int index) {
      return Numbers.index(get(index));
    }
  }
}
