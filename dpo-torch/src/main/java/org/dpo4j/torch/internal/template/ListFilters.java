package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Filters of lists and mappings. */
final class ListFilters {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .put("length", ListFilters::length)
          .put("count", ListFilters::length)
          .put("list", ListFilters::list)
          .put("first", ListFilters::first)
          .put("last", ListFilters::last)
          .put("random", ListFilters::random)
          .put("reverse", ListFilters::reverse)
          .put("join", ListFilters::join)
          .put("items", ListFilters::items)
          .put("dictsort", ListFilters::dictSort)
          .put("sort", ListFilters::sort)
          .put("unique", ListFilters::unique)
          .put("groupby", ListFilters::groupBy)
          .put("min", (scope, value, arguments) -> extreme(scope, value, arguments, 1))
          .put("max", (scope, value, arguments) -> extreme(scope, value, arguments, -1))
          .put("batch", ListFilters::batch)
          .put("slice", ListFilters::slice)
          .buildOrThrow();

  private ListFilters() {}

  private static Object length(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return Python.length(scope.budget(), value);
  }

  private static Object list(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    return Python.list(scope.budget(), value);
  }

  private static Object first(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    Iterator<Object> elements = Python.iterator(scope.budget(), value);
    return elements.hasNext() ? elements.next() : new Undefined("the list is empty");
  }

  private static Object last(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    Iterator<Object> elements = reversed(scope, value);
    return elements.hasNext() ? elements.next() : new Undefined("the list is empty");
  }

  private static Object random(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    List<Object> items = Python.list(scope.budget(), value);
    if (items.size() > 1) {
      throw new Halt("a random choice is not supported");
    }
    return items.isEmpty() ? new Undefined("the list is empty") : items.get(0);
  }

  private static Iterator<Object> reversed(Scope scope, Object value) {
    boolean isReversible =
        (Python.isSequence(value) && !(value instanceof Undefined)) || value instanceof DictView;
    if (!isReversible) {
      throw new Halt(Python.type(value) + " has no last element");
    }
    return Lists.reverse(Python.list(scope.budget(), value)).iterator();
  }

  private static Object reverse(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    if (Python.isText(value)) {
      return Slices.slice(scope.budget(), value, None.NONE, None.NONE, -1L);
    }
    if (value instanceof Undefined) {
      return new Generated(Collections.emptyIterator());
    }
    if (value instanceof Generated) {
      return ImmutableList.copyOf(Lists.reverse(Python.list(scope.budget(), value)));
    }
    return new Generated(reversed(scope, value));
  }

  private static Object join(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "d", "attribute");
    Budget budget = scope.budget();
    Function<Object, Object> key = ByAttribute.of(scope, bound.or(1, None.NONE), false);
    Iterator<Object> elements =
        Iterators.transform(Python.iterator(budget, value), element -> key.apply(element));
    Object delimiter = bound.or(0, "");
    if (!scope.autoescapes()) {
      return joined(scope, elements, Representation.string(budget, delimiter), false);
    }
    List<Object> all = Python.drain(budget, elements);
    boolean escapes =
        delimiter instanceof Markup || all.stream().anyMatch(element -> element instanceof Markup);
    String text =
        escapes ? Markup.escape(budget, delimiter) : Representation.string(budget, delimiter);
    String joined = joined(scope, all.iterator(), text, escapes);
    return escapes ? new Markup(joined) : joined;
  }

  private static String joined(
      Scope scope, Iterator<Object> elements, String delimiter, boolean escapes) {
    Budget budget = scope.budget();
    Output out = new Output(budget);
    for (boolean first = true; elements.hasNext(); first = false) {
      Object element = elements.next();
      out.append(first ? "" : delimiter)
          .append(
              escapes ? Markup.escape(budget, element) : Representation.string(budget, element));
      budget.step();
    }
    return out.text();
  }

  private static Object items(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    Dict dict = value instanceof Undefined ? Dict.EMPTY : Python.dict(value);
    return new Generated(new DictView(dict, DictView.Kind.ITEMS).elements());
  }

  private static Object dictSort(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "case_sensitive", "by", "reverse");
    String by = bound.text(1, "key");
    int part = List.of("key", "value").indexOf(by);
    if (part < 0) {
      throw new Halt("dictsort must sort by 'key' or 'value', got '" + by + "'");
    }
    List<Object> items =
        Python.list(scope.budget(), new DictView(Python.dict(value), DictView.Kind.ITEMS));
    Function<Object, Object> key =
        item -> {
          Object of = ((Tuple) item).items().get(part);
          return bound.isTrue(0) ? of : ByAttribute.withoutCase(scope, of);
        };
    return sorted(scope, items, key, bound.isTrue(2));
  }

  private static List<Object> sorted(
      Scope scope, List<Object> items, Function<Object, Object> key, boolean isReversed) {
    scope.budget().elements(2L * items.size());
    List<Tuple> keyed = new ArrayList<>();
    items.forEach(item -> keyed.add(Tuple.of(key.apply(item), item)));
    Comparator<Tuple> order =
        (a, b) -> Comparisons.compare(scope.budget(), a.items().get(0), b.items().get(0));
    // Equal ones stay in their order in Python even if it is reversed.
    keyed.sort(isReversed ? order.reversed() : order);
    return keyed.stream().map(one -> one.items().get(1)).collect(ImmutableList.toImmutableList());
  }

  private static Object sort(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "reverse", "case_sensitive", "attribute");
    Function<Object, Object> key =
        ByAttribute.several(scope, bound.or(2, None.NONE), !bound.isTrue(1));
    return sorted(scope, Python.list(scope.budget(), value), key, bound.isTrue(0));
  }

  private static Object unique(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "case_sensitive", "attribute");
    Function<Object, Object> key = ByAttribute.of(scope, bound.or(1, None.NONE), !bound.isTrue(0));
    Set<Object> seen = new HashSet<>();
    return new Generated(
        Iterators.filter(
            Python.iterator(scope.budget(), value),
            element -> {
              scope.budget().element(seen.size());
              return seen.add(Dict.key(scope.budget(), key.apply(element), seen.size()));
            }));
  }

  private static Object groupBy(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(1, "attribute", "default", "case_sensitive");
    Object otherwise = bound.or(1, None.NONE);
    Function<Object, Object> exact = ByAttribute.of(scope, bound.get(0), otherwise, false);
    Function<Object, Object> key = ByAttribute.of(scope, bound.get(0), otherwise, !bound.isTrue(2));
    ImmutableList.Builder<Object> groups = ImmutableList.builder();
    List<Object> group = new ArrayList<>();
    for (Object item : sorted(scope, Python.list(scope.budget(), value), key, false)) {
      boolean isOther =
          !group.isEmpty()
              && !Comparisons.equal(scope.budget(), key.apply(group.get(0)), key.apply(item));
      if (isOther) {
        groups.add(group(exact, group));
        group.clear();
      }
      group.add(item);
    }
    return group.isEmpty() ? groups.build() : groups.add(group(exact, group)).build();
  }

  private static Tuple group(Function<Object, Object> key, List<Object> items) {
    return new Tuple(ImmutableList.of(key.apply(items.get(0)), ImmutableList.copyOf(items)), true);
  }

  private static Object extreme(Scope scope, Object value, Arguments arguments, int sign) {
    Arguments.Bound bound = arguments.bind(0, "case_sensitive", "attribute");
    Function<Object, Object> key = ByAttribute.of(scope, bound.or(1, None.NONE), !bound.isTrue(0));
    Iterator<Object> elements = Python.iterator(scope.budget(), value);
    if (!elements.hasNext()) {
      return new Undefined("the list is empty");
    }
    Object best = elements.next();
    Object bestKey = key.apply(best);
    while (elements.hasNext()) {
      Object next = elements.next();
      Object nextKey = key.apply(next);
      scope.step();
      if (sign * Comparisons.compare(scope.budget(), nextKey, bestKey) < 0) {
        best = next;
        bestKey = nextKey;
      }
    }
    return best;
  }

  private static Object batch(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(1, "linecount", "fill_with");
    int size = bound.whole(0);
    if (size < 1) {
      throw new Halt("batch must have a size of at least 1");
    }
    List<Object> batches = new ArrayList<>();
    for (List<Object> part : Lists.partition(Python.list(scope.budget(), value), size)) {
      List<Object> batch = new ArrayList<>(part);
      if (bound.isGiven(1)) {
        scope.budget().elements(size);
        fill(batch, bound.get(1), size);
      }
      batches.add(ImmutableList.copyOf(batch));
    }
    return new Generated(batches.iterator());
  }

  private static void fill(List<Object> list, Object with, int size) {
    while (list.size() < size) {
      list.add(with);
    }
  }

  private static Object slice(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(1, "slices", "fill_with");
    List<Object> items = Python.list(scope.budget(), value);
    int number = bound.whole(0);
    if (number < 1) {
      throw new Halt("slice must have at least 1 slice");
    }
    scope.budget().elements(2L * number + items.size());
    List<Object> slices = new ArrayList<>();
    int longer = items.size() % number;
    int start = 0;
    for (int i = 0; i < number; i++) {
      int end = start + items.size() / number + (i < longer ? 1 : 0);
      List<Object> slice = new ArrayList<>(items.subList(start, end));
      if (bound.isGiven(1) && i >= longer) {
        slice.add(bound.get(1));
      }
      slices.add(ImmutableList.copyOf(slice));
      start = end;
    }
    return new Generated(slices.iterator());
  }
}
