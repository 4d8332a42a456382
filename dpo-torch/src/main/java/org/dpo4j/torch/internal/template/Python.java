package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterators;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.PrimitiveIterator;

/**
 * What Python's values have in common. There are {@code String}, {@link Markup}, the {@link
 * Numbers}, {@code List}, {@link Tuple}, {@link Dict}, {@link DictView}, {@link Range}, {@link
 * Generated}, {@link Bytes}, {@link None}, {@link Undefined}, {@link Namespace}, {@link Loop} and
 * {@link Callable}s; no other object is within a template's reach.
 */
final class Python {

  private Python() {}

  static boolean isTrue(Object value) {
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof Long number) {
      return number != 0;
    }
    if (value instanceof Double number) {
      return number != 0;
    }
    if (value instanceof Loop loop) {
      return loop.length() > 0;
    }
    return !(value == None.NONE || value instanceof Undefined)
        && !(hasSize(value) && size(value) == 0);
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  static boolean isSequence(Object value) {
    return isText(value)
        || value instanceof List
        || value instanceof Tuple
        || value instanceof Dict
        || value instanceof Range
        || value instanceof Bytes
        || value instanceof Undefined;
  }

  static boolean isIterable(Object value) {
    return isSequence(value)
        || value instanceof DictView
        || value instanceof Generated
        || value instanceof Loop;
  }

  private static boolean hasSize(Object value) {
    return isSequence(value) || value instanceof DictView;
  }

  /** How many there are of whatever it is made of; of a text, {@code char}s. */
  static int size(Object value) {
    if (isText(value)) {
      return text(value).length();
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    if (value instanceof Tuple tuple) {
      return tuple.items().size();
    }
    if (value instanceof Dict dict) {
      return dict.size();
    }
    if (value instanceof DictView view) {
      return view.dict().size();
    }
    if (value instanceof Range range) {
      return range.size();
    }
    if (value instanceof Bytes bytes) {
      return bytes.values().length();
    }
    if (value instanceof Undefined) {
      return 0;
    }
    throw new Halt(type(value) + " has no length");
  }

  /** {@code len(value)}. */
  static long length(Budget budget, Object value) {
    if (value instanceof Loop loop) {
      return loop.length();
    }
    return isText(value) ? Characters.count(budget, text(value)) : size(value);
  }

  /** What a loop goes through. */
  static Iterator<Object> iterator(Budget budget, Object value) {
    if (isText(value)) {
      return characters(budget, text(value));
    }
    if (value instanceof List<?> list) {
      return Iterators.filter(list.iterator(), Object.class);
    }
    if (value instanceof Tuple tuple) {
      return tuple.items().iterator();
    }
    if (value instanceof Dict dict) {
      return new DictView(dict, DictView.Kind.KEYS).elements();
    }
    if (value instanceof DictView view) {
      return view.elements();
    }
    if (value instanceof Range range) {
      return range.elements();
    }
    if (value instanceof Generated generated) {
      return generated.elements();
    }
    if (value instanceof Bytes bytes) {
      return bytes.values().stream().<Object>mapToObj(b -> (long) b).iterator();
    }
    if (value instanceof Undefined) {
      return Collections.emptyIterator();
    }
    throw new Halt(type(value) + " cannot be gone through");
  }

  private static Iterator<Object> characters(Budget budget, String text) {
    PrimitiveIterator.OfInt points = text.codePoints().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return points.hasNext();
      }

      @Override
      public Object next() {
        budget.spend(1);
        return Character.toString(points.nextInt());
      }
    };
  }

  /** {@code list(value)}. */
  static List<Object> list(Budget budget, Object value) {
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    if (hasSize(value)) {
      budget.elements(isText(value) ? text(value).length() : size(value));
      return ImmutableList.copyOf(iterator(budget, value));
    }
    return drain(budget, iterator(budget, value));
  }

  /** What an iterator still has. */
  static List<Object> drain(Budget budget, Iterator<Object> elements) {
    ImmutableList.Builder<Object> list = ImmutableList.builder();
    for (int size = 0; elements.hasNext(); size++) {
      budget.element(size);
      list.add(elements.next());
    }
    return list.build();
  }

  /** Text of the same kind: of markup, markup. */
  static Object like(Object original, String text) {
    return original instanceof Markup ? new Markup(text) : text;
  }

  static String text(Object value) {
    if (value instanceof String string) {
      return string;
    }
    if (value instanceof Markup markup) {
      return markup.text();
    }
    throw new Halt("text is wanted, not " + type(value));
  }

  static Dict dict(Object value) {
    if (value instanceof Dict dict) {
      return dict;
    }
    throw new Halt("a mapping is wanted, not " + type(value));
  }

  /** What messages call it. */
  static String type(Object value) {
    if (value == None.NONE) {
      return "None";
    }
    if (value instanceof Undefined) {
      return "undefined";
    }
    if (isText(value)) {
      return "text";
    }
    if (value instanceof Boolean) {
      return "True or False";
    }
    if (value instanceof Long || value instanceof BigInteger || value instanceof Double) {
      return "a number";
    }
    if (value instanceof Dict) {
      return "a mapping";
    }
    if (value instanceof Tuple) {
      return "a tuple";
    }
    if (value instanceof Generated) {
      return "the result of a filter; make it a list";
    }
    if (value instanceof Callable) {
      return "a function";
    }
    return value instanceof List<?> ? "a list" : "an object of the template";
  }
}
