package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;

/** Filters that apply a filter or a test to each element. */
final class SelectionFilters {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.of(
          "map", SelectionFilters::map,
          "select", (scope, value, arguments) -> select(scope, value, arguments, false, true),
          "reject", (scope, value, arguments) -> select(scope, value, arguments, false, false),
          "selectattr", (scope, value, arguments) -> select(scope, value, arguments, true, true),
          "rejectattr", (scope, value, arguments) -> select(scope, value, arguments, true, false));

  private SelectionFilters() {}

  private static Object map(Scope scope, Object value, Arguments arguments) {
    if (!Python.isTrue(value)) {
      return new Generated(Collections.emptyIterator());
    }
    Function<Object, Object> change = change(scope, arguments);
    return new Generated(
        Iterators.transform(
            Python.iterator(scope.budget(), value),
            element -> {
              scope.step();
              return change.apply(element);
            }));
  }

  private static Function<Object, Object> change(Scope scope, Arguments arguments) {
    if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
      Map<String, Object> named = new HashMap<>(arguments.named());
      Object attribute = named.remove("attribute");
      Object otherwise = named.remove("default");
      if (!named.isEmpty() || attribute == null) {
        throw new Halt("map by an attribute takes 'attribute' and 'default'");
      }
      return ByAttribute.of(scope, attribute, otherwise == null ? None.NONE : otherwise, false);
    }
    if (arguments.positional().isEmpty()) {
      throw new Halt("map must name a filter or an attribute");
    }
    String name = Python.text(arguments.positional().get(0));
    Arguments more = arguments.from(1);
    return element -> Filters.apply(scope, name, element, more);
  }

  private static Object select(
      Scope scope, Object value, Arguments arguments, boolean byAttribute, boolean wanted) {
    if (!Python.isTrue(value)) {
      return new Generated(Collections.emptyIterator());
    }
    int used = byAttribute ? 1 : 0;
    if (arguments.positional().size() < used) {
      throw new Halt("what selects by an attribute must name it");
    }
    Function<Object, Object> key =
        ByAttribute.of(scope, byAttribute ? arguments.positional().get(0) : None.NONE, false);
    boolean hasTest = arguments.positional().size() > used;
    String name = hasTest ? Python.text(arguments.positional().get(used)) : "";
    Arguments more = arguments.from(used + 1);
    Iterator<Object> elements = Python.iterator(scope.budget(), value);
    return new Generated(
        Iterators.filter(
            elements,
            element -> {
              scope.step();
              Object tested = key.apply(element);
              return wanted
                  == (hasTest
                      ? Python.isTrue(ValueTests.test(scope, name, tested, more))
                      : Python.isTrue(tested));
            }));
  }
}
