package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** Indices and slices. */
final class Slices {

  private Slices() {}

  /** Where an index points in so many elements, or -1. */
  static int position(Object index, int size) {
    int at = Numbers.index(index);
    int position = at < 0 ? at + size : at;
    return position < size ? Math.max(position, -1) : -1;
  }

  /** {@code value[from:to:step]}. */
  static Object slice(Budget budget, Object value, Object from, Object to, Object step) {
    int by = step == None.NONE ? 1 : Numbers.index(step);
    if (by == 0) {
      throw new Halt("a slice must not have a step of 0");
    }
    if (value instanceof Undefined
        || value instanceof Dict
        || value instanceof Bytes
        || !Python.isSequence(value)) {
      throw new Halt("a slice is asked of a value that is " + Python.type(value));
    }
    int size =
        Python.isText(value) ? Characters.count(budget, Python.text(value)) : Python.size(value);
    int start = by > 0 ? bound(from, 0, size, 0, size) : bound(from, size - 1, size, -1, size - 1);
    int end = by > 0 ? bound(to, size, size, 0, size) : bound(to, -1, size, -1, size - 1);
    if (value instanceof Range range) {
      return range.slice(start, end, by);
    }
    if (Python.isText(value)) {
      return Python.like(value, text(budget, Python.text(value), size, start, end, by));
    }
    List<Object> items = items(budget, elements(value), start, end, by);
    return value instanceof Tuple ? new Tuple(items) : items;
  }

  private static List<?> elements(Object value) {
    return value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
  }

  private static List<Object> items(Budget budget, List<?> items, int start, int end, int by) {
    budget.elements(length(start, end, by));
    ImmutableList.Builder<Object> slice = ImmutableList.builder();
    for (long i = start; by > 0 ? i < end : i > end; i += by) {
      slice.add(items.get((int) i));
    }
    return slice.build();
  }

  private static String text(Budget budget, String text, int size, int start, int end, int by) {
    if (by == 1) {
      budget.characters(Math.max(0, end - start));
      return start >= end
          ? ""
          : text.substring(
              Characters.offset(text, start, size), Characters.offset(text, end, size));
    }
    budget.characters(2L * text.length());
    int[] points = text.codePoints().toArray();
    StringBuilder slice = new StringBuilder();
    for (long i = start; by > 0 ? i < end : i > end; i += by) {
      slice.appendCodePoint(points[(int) i]);
    }
    return slice.toString();
  }

  private static long length(int start, int end, int by) {
    long distance = by > 0 ? (long) end - start : (long) start - end;
    return Math.max(0, distance) / Math.abs((long) by) + 1;
  }

  private static int bound(Object value, int otherwise, int size, int least, int most) {
    if (value == None.NONE) {
      return otherwise;
    }
    int index = Numbers.index(value);
    return Math.max(least, Math.min(most, index < 0 ? index + size : index));
  }
}
