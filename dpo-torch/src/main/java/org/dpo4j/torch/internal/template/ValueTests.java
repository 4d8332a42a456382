package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;

/** What a template can ask of a value with {@code is}. */
final class ValueTests {

  /** A question. */
  @FunctionalInterface
  interface Test {
    boolean on(Object value, Arguments arguments);
  }

  static final ImmutableMap<String, Test> ALL =
      ImmutableMap.<String, Test>builder()
          .put("defined", (value, arguments) -> value != Absent.UNDEFINED)
          .put("undefined", (value, arguments) -> value == Absent.UNDEFINED)
          .put("none", (value, arguments) -> value == Absent.NONE)
          .put("string", (value, arguments) -> value instanceof String)
          .put("mapping", (value, arguments) -> value instanceof Map)
          .put("iterable", (value, arguments) -> value instanceof Generated || isSequence(value))
          .put("sequence", (value, arguments) -> isSequence(value))
          .put("number", (value, arguments) -> value instanceof Long || value instanceof Boolean)
          .put("integer", (value, arguments) -> value instanceof Long)
          .put("boolean", (value, arguments) -> value instanceof Boolean)
          .put("true", (value, arguments) -> Boolean.TRUE.equals(value))
          .put("false", (value, arguments) -> Boolean.FALSE.equals(value))
          .put("eq", (value, arguments) -> Python.equal(value, arguments.get(0)))
          .put("equalto", (value, arguments) -> Python.equal(value, arguments.get(0)))
          .put("ne", (value, arguments) -> !Python.equal(value, arguments.get(0)))
          .put("in", (value, arguments) -> Python.contains(arguments.get(0), value))
          .put("odd", (value, arguments) -> Math.floorMod(Python.whole(value), 2L) == 1)
          .put("even", (value, arguments) -> Math.floorMod(Python.whole(value), 2L) == 0)
          .buildOrThrow();

  private ValueTests() {}

  private static boolean isSequence(Object value) {
    return value == Absent.UNDEFINED
        || value instanceof String
        || value instanceof List
        || value instanceof Map;
  }
}
