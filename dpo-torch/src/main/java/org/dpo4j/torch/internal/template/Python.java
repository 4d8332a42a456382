package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.hubspot.jinjava.objects.SafeString;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Python does with values. There are {@code String}, {@code Long}, {@code Boolean}, {@code
 * List}, {@code Map}, {@link Generated}, {@link Namespace} and {@link Absent}.
 */
final class Python {

  private Python() {}

  /** {@code str.isspace} of one character. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /** The value as one of the types above. */
  static Object plain(@Nullable Object value) {
    if (value == null) {
      return Absent.UNDEFINED;
    }
    if (value instanceof SafeString safe) {
      return safe.getValue();
    }
    return value instanceof Integer number ? (Object) number.longValue() : value;
  }

  static boolean isTrue(Object value) {
    if (value instanceof Absent) {
      return false;
    }
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof Long number) {
      return number != 0;
    }
    if (value instanceof String string) {
      return !string.isEmpty();
    }
    if (value instanceof Collection<?> collection) {
      return !collection.isEmpty();
    }
    return !(value instanceof Map<?, ?> map) || !map.isEmpty();
  }

  /** {@code str(value)}. */
  static String string(Object value) {
    if (value instanceof Absent absent) {
      return absent == Absent.NONE ? "None" : "";
    }
    if (value instanceof Boolean bool) {
      return bool ? "True" : "False";
    }
    if (value instanceof String || value instanceof Long) {
      return value.toString();
    }
    throw new Halt("only text and numbers can be printed, not " + type(value));
  }

  static boolean equal(Object a, Object b) {
    return number(a).equals(number(b));
  }

  /** True is 1 and False is 0 in Python. */
  private static Object number(Object value) {
    return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
  }

  static int compare(Object a, Object b) {
    if (a instanceof Long left && b instanceof Long right) {
      return Long.compare(left, right);
    }
    if (a instanceof String left && b instanceof String right) {
      return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }
    throw new Halt(type(a) + " and " + type(b) + " have no order");
  }

  static Object add(Object a, Object b) {
    if (a instanceof String left && b instanceof String right) {
      return left + right;
    }
    if (a instanceof Long left && b instanceof Long right) {
      return left + right;
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      return ImmutableList.builder().addAll(left).addAll(right).build();
    }
    throw new Halt(type(a) + " and " + type(b) + " cannot be added");
  }

  static boolean contains(Object container, Object value) {
    if (container instanceof String string) {
      return string.contains(text(value));
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(value);
    }
    return items(container).stream().anyMatch(item -> equal(plain(item), value));
  }

  /** What a loop goes through. */
  static List<Object> items(Object value) {
    if (value == Absent.UNDEFINED) {
      return ImmutableList.of();
    }
    if (value instanceof Generated generated) {
      return generated.elements();
    }
    if (value instanceof Collection<?> collection) {
      return ImmutableList.copyOf(collection);
    }
    if (value instanceof Map<?, ?> map) {
      return ImmutableList.copyOf(map.keySet());
    }
    if (value instanceof String string) {
      return string
          .codePoints()
          .<Object>mapToObj(Character::toString)
          .collect(ImmutableList.toImmutableList());
    }
    throw new Halt(type(value) + " cannot be gone through");
  }

  /** What a loop with several variables goes through: lists with one element for each. */
  static List<Object> rows(Object value, long width) {
    List<Object> rows = items(value);
    for (Object row : rows) {
      if (!(row instanceof List<?> list) || list.size() != width) {
        throw new Halt(width + " variables of a for want lists of as many elements");
      }
    }
    return rows;
  }

  static long length(Object value) {
    if (value instanceof Generated) {
      throw new Halt(type(value) + " has no length");
    }
    if (value instanceof String string) {
      return string.codePointCount(0, string.length());
    }
    return value instanceof Map<?, ?> map ? map.size() : items(value).size();
  }

  /** {@code value[key]} and {@code value.key}. */
  static Object item(Object value, Object key) {
    if (value instanceof Absent) {
      throw new Halt("'" + string(key) + "' is asked of a value that is " + type(value));
    }
    if (value instanceof Map<?, ?> map) {
      return plain(map.get(key));
    }
    if (key instanceof Long index && value instanceof String text) {
      return at(items(text), index);
    }
    return key instanceof Long index && value instanceof List<?> list
        ? at(list, index)
        : Absent.UNDEFINED;
  }

  private static Object at(List<?> items, long index) {
    long at = index < 0 ? index + items.size() : index;
    return at < 0 || at >= items.size() ? Absent.UNDEFINED : plain(items.get((int) at));
  }

  /** {@code value[from:to:step]}. */
  static Object slice(Object value, Object from, Object to, Object step) {
    if (value instanceof Absent || value instanceof Generated) {
      throw new Halt("a slice is asked of a value that is " + type(value));
    }
    List<Object> items = items(value);
    long by = step == Absent.NONE ? 1 : whole(step);
    if (by == 0) {
      throw new Halt("a slice must not have a step of 0");
    }
    int size = items.size();
    long start = by > 0 ? bound(from, 0, size, 0, size) : bound(from, size - 1, size, -1, size - 1);
    long end = by > 0 ? bound(to, size, size, 0, size) : bound(to, -1, size, -1, size - 1);
    ImmutableList.Builder<Object> slice = ImmutableList.builder();
    for (long i = start; by > 0 ? i < end : i > end; i += by) {
      slice.add(items.get((int) i));
    }
    return value instanceof String ? join(slice.build(), "") : slice.build();
  }

  private static long bound(Object value, long otherwise, int size, long least, long most) {
    if (value == Absent.NONE) {
      return otherwise;
    }
    long index = whole(value);
    return Math.max(least, Math.min(most, index < 0 ? index + size : index));
  }

  static String join(List<Object> items, String separator) {
    return String.join(separator, items.stream().map(item -> string(plain(item))).toList());
  }

  static long whole(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    throw new Halt("a whole number is wanted, not " + type(value));
  }

  static String text(Object value) {
    if (value instanceof String string) {
      return string;
    }
    throw new Halt("text is wanted, not " + type(value));
  }

  static Map<?, ?> mapping(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new Halt("a mapping is wanted, not " + type(value));
  }

  static String type(Object value) {
    if (value instanceof Absent absent) {
      return absent == Absent.NONE ? "None" : "undefined";
    }
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof Boolean) {
      return "True or False";
    }
    if (value instanceof Long) {
      return "a number";
    }
    if (value instanceof Map<?, ?>) {
      return "a mapping";
    }
    if (value instanceof Generated) {
      return "the result of a filter; make it a list";
    }
    return value instanceof Collection<?> ? "a list" : "an object of the template";
  }
}
