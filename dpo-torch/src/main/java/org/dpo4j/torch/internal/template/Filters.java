package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import org.dpo4j.core.math.Shown;

/** Jinja's filters. */
final class Filters {

  private static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .putAll(TextFilters.ALL)
          .putAll(ListFilters.ALL)
          .putAll(SelectionFilters.ALL)
          .putAll(NumberFilters.ALL)
          .put("attr", Filters::attribute)
          .put("default", Filters::standard)
          .put("d", Filters::standard)
          .put("tojson", PythonJson::filter)
          .put("pprint", Filters::prettyPrint)
          .put("urlize", unsupported("urlize"))
          .buildOrThrow();

  /** What a template can name. */
  static final ImmutableSet<String> NAMES = ALL.keySet();

  /** So long a line {@code pprint} writes. */
  private static final int LINE = 80;

  private Filters() {}

  static Object apply(Scope scope, String name, Object value, Arguments arguments) {
    Operation filter = ALL.get(name);
    if (filter == null) {
      throw new Halt("there is no filter '" + name + "'");
    }
    return filter.on(scope, value, arguments);
  }

  private static Operation unsupported(String name) {
    return (scope, value, arguments) -> {
      throw new Halt("the filter '" + name + "' is not supported");
    };
  }

  private static Object attribute(Scope scope, Object value, Arguments arguments) {
    String name = arguments.bind(1, "name").text(0);
    Object own = Attributes.member(value, name);
    return own == null ? new Undefined("'" + Shown.text(name) + "' is not there") : own;
  }

  private static Object standard(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind(0, "default_value", "boolean");
    boolean isMissing = value instanceof Undefined || (bound.isTrue(1) && !Python.isTrue(value));
    return isMissing ? bound.or(0, "") : value;
  }

  private static Object prettyPrint(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    String line = Representation.of(scope.budget(), value, true);
    if (line.length() > LINE) {
      throw new Halt("pprint of what does not fit into a line is not supported");
    }
    return line;
  }
}
