package org.dpo4j.torch.internal.template;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equality, order and membership. */
final class Comparisons {

  private Comparisons() {}

  /** Whether {@code left operator right}. */
  static boolean holds(Budget budget, String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> equal(budget, left, right);
      case "!=" -> !equal(budget, left, right);
      case "in" -> contains(budget, right, left);
      case "not in" -> !contains(budget, right, left);
      default -> isOrdered(budget, operator, left, right);
    };
  }

  private static boolean isOrdered(Budget budget, String operator, Object left, Object right) {
    if (isNaN(left) || isNaN(right)) {
      return false;
    }
    int order = compare(budget, left, right);
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean isNaN(Object value) {
    return value instanceof Double number && number.isNaN();
  }

  static boolean equal(Budget budget, Object a, Object b) {
    return equal(budget, a, b, 0);
  }

  private static boolean equal(Budget budget, Object a, Object b, int depth) {
    Budget.nesting(depth);
    budget.spend(1);
    if (Python.isText(a) && Python.isText(b)) {
      String left = Python.text(a);
      budget.spend(left.length() / 8);
      return left.equals(Python.text(b));
    }
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return !isNaN(a) && !isNaN(b) && compareNumbers(budget, a, b) == 0;
    }
    if (a instanceof Dict left && b instanceof Dict right) {
      return equalDicts(budget, left, right, depth);
    }
    List<?> left = elements(a, b);
    List<?> right = elements(b, a);
    if (left != null && right != null) {
      return left.size() == right.size() && equalLists(budget, left, right, depth);
    }
    if (a instanceof DictView || b instanceof DictView) {
      throw new Halt("comparing the keys, values or items of a mapping is not supported");
    }
    return (a instanceof Undefined && b instanceof Undefined)
        || (a instanceof Bytes bytes && equalBytes(budget, bytes, b))
        || (a instanceof Range first && b instanceof Range second && equalRanges(first, second))
        || a == b;
  }

  /** The elements of a list or a tuple, if the other is of the same kind. */
  private static @Nullable List<?> elements(Object value, Object other) {
    if (value instanceof Tuple tuple) {
      return other instanceof Tuple ? tuple.items() : null;
    }
    return value instanceof List<?> list && other instanceof List ? list : null;
  }

  private static boolean equalBytes(Budget budget, Bytes bytes, Object other) {
    budget.spend(bytes.values().length());
    return bytes.equals(other);
  }

  private static boolean equalRanges(Range a, Range b) {
    int size = a.size();
    return size == b.size()
        && (size == 0 || (a.get(0).equals(b.get(0)) && a.get(size - 1).equals(b.get(size - 1))));
  }

  private static boolean equalLists(Budget budget, List<?> left, List<?> right, int depth) {
    for (int i = 0; i < left.size(); i++) {
      if (!equal(budget, left.get(i), right.get(i), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalDicts(Budget budget, Dict left, Dict right, int depth) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Dict.Entry entry : left.entries()) {
      Object other = right.get(budget, entry.key());
      if (other == null || !equal(budget, entry.value(), other, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  /** Python's order of two values that have one. */
  static int compare(Budget budget, Object a, Object b) {
    return compare(budget, a, b, 0);
  }

  private static int compare(Budget budget, Object a, Object b, int depth) {
    Budget.nesting(depth);
    budget.spend(1);
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return compareNumbers(budget, a, b);
    }
    if (Python.isText(a) && Python.isText(b)) {
      return compareTexts(budget, Python.text(a), Python.text(b));
    }
    List<?> left = elements(a, b);
    List<?> right = elements(b, a);
    if (left == null || right == null) {
      throw new Halt(Python.type(a) + " and " + Python.type(b) + " have no order");
    }
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(budget, left.get(i), right.get(i), depth + 1)) {
        return compare(budget, left.get(i), right.get(i), depth + 1);
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  private static int compareNumbers(Budget budget, Object a, Object b) {
    if (a instanceof Long left && b instanceof Long right) {
      return Long.compare(left, right);
    }
    if (a instanceof Double left && b instanceof Double right) {
      // Zero is equal to minus zero, and not a number comes last.
      return isNaN(left) || isNaN(right)
          ? Double.compare(left, right)
          : left < right ? -1 : left > right ? 1 : 0;
    }
    boolean exact = isFinite(a) && isFinite(b);
    budget.spend(200);
    // Of two that are not both finite, the doubles tell.
    return exact
        ? Numbers.exact(a).compareTo(Numbers.exact(b))
        : Double.compare(approximate(a), approximate(b));
  }

  private static boolean isFinite(Object number) {
    return !(number instanceof Double real) || Double.isFinite(real);
  }

  private static double approximate(Object number) {
    return number instanceof Double real ? real : 0;
  }

  /** By code points, which Java's own order of texts is not. */
  private static int compareTexts(Budget budget, String a, String b) {
    int length = Math.min(a.length(), b.length());
    budget.spend(length / 8);
    for (int i = 0; i < length; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        boolean surrogates = Character.isSurrogate(left) != Character.isSurrogate(right);
        return surrogates ? (Character.isSurrogate(left) ? 1 : -1) : Character.compare(left, right);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  static boolean contains(Budget budget, Object container, Object value) {
    if (Python.isText(container)) {
      return TextSearch.find(budget, Python.text(container), Python.text(value), 0) >= 0;
    }
    if (container instanceof Dict dict) {
      return dict.get(budget, value) != null;
    }
    if (container instanceof DictView view && view.kind() == DictView.Kind.KEYS) {
      return view.dict().get(budget, value) != null;
    }
    Iterator<Object> elements = Python.iterator(budget, container);
    while (elements.hasNext()) {
      if (equal(budget, elements.next(), value)) {
        return true;
      }
    }
    return false;
  }
}
