package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: where a loop has come to. */
final class Loop implements Callable {

  private final Budget budget;
  private final Callable again;
  private final int depth;
  private Iterator<Object> elements;
  private int length;
  private int index = -1;
  private @Nullable Object before;
  private @Nullable Object current;
  private @Nullable Object after;
  private @Nullable Tuple lastChanged;

  /**
   * A loop before its first element.
   *
   * @param budget of the rendering
   * @param elements what it goes through
   * @param length how many there are, or -1 if nobody knows yet
   * @param again what calling it does
   * @param depth how deep a recursive loop is, from 1
   */
  Loop(Budget budget, Iterator<Object> elements, int length, Callable again, int depth) {
    this.budget = budget;
    this.elements = elements;
    this.length = length;
    this.again = again;
    this.depth = depth;
  }

  /** Goes on to the next element, or says that there is none. */
  @Nullable Object next() {
    Object next = peek();
    if (next != null) {
      after = null;
      index++;
      before = current;
      current = next;
    }
    return next;
  }

  private @Nullable Object peek() {
    if (after == null && elements.hasNext()) {
      after = elements.next();
    }
    return after;
  }

  int length() {
    if (length < 0) {
      List<Object> rest = Python.drain(budget, elements);
      elements = rest.iterator();
      length = rest.size() + index + 1 + (after == null ? 0 : 1);
    }
    return length;
  }

  @Override
  public Object call(Scope scope, Arguments arguments) {
    return again.call(scope, Arguments.of(arguments.bind(1, "iterable").get(0), (long) depth + 1));
  }

  /** An attribute, or nothing. */
  @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) length() - index;
      case "revindex0" -> length() - index - 1L;
      case "first" -> index == 0;
      case "last" -> peek() == null;
      case "length" -> (long) length();
      case "depth" -> (long) depth;
      case "depth0" -> depth - 1L;
      case "previtem" ->
          index == 0 ? new Undefined("there is no previous item") : orUndefined(before);
      case "nextitem" -> orUndefined(peek());
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> null;
    };
  }

  private static Object orUndefined(@Nullable Object value) {
    return value == null ? new Undefined("there is no such item") : value;
  }

  private Object cycle(Scope scope, Arguments arguments) {
    List<Object> items = arguments.positional();
    if (items.isEmpty()) {
      throw new Halt("loop.cycle must have something to go through");
    }
    return items.get(index % items.size());
  }

  private Object changed(Scope scope, Arguments arguments) {
    Tuple values = new Tuple(ImmutableList.copyOf(arguments.positional()));
    boolean changed = lastChanged == null || !Comparisons.equal(budget, lastChanged, values);
    lastChanged = values;
    return changed;
  }

  @Override
  public String toString() {
    return "<LoopContext " + (index + 1) + "/" + length() + ">";
  }
}
