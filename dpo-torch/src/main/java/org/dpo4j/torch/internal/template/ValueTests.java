package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.math.BigInteger;
import java.util.Map;
import java.util.function.Predicate;

/** What a template can ask of a value with {@code is}. */
final class ValueTests {

  private static final ImmutableMap<String, Predicate<Object>> KINDS =
      ImmutableMap.<String, Predicate<Object>>builder()
          .put("defined", value -> !(value instanceof Undefined))
          .put("undefined", value -> value instanceof Undefined)
          .put("none", value -> value == None.NONE)
          .put("boolean", value -> value instanceof Boolean)
          .put("true", value -> value.equals(true))
          .put("false", value -> value.equals(false))
          .put("integer", value -> value instanceof Long || value instanceof BigInteger)
          .put("float", value -> value instanceof Double)
          .put("number", Numbers::isNumber)
          .put("string", Python::isText)
          .put("mapping", value -> value instanceof Dict)
          .put("sequence", Python::isSequence)
          .put("iterable", Python::isIterable)
          .put("callable", value -> value instanceof Callable)
          .put("escaped", value -> value instanceof Markup)
          .buildOrThrow();

  private static final ImmutableMap<String, String> COMPARISONS =
      ImmutableMap.<String, String>builder()
          .putAll(Map.of("==", "==", "eq", "==", "equalto", "=="))
          .putAll(Map.of("!=", "!=", "ne", "!=", "in", "in"))
          .putAll(Map.of("<", "<", "lt", "<", "lessthan", "<", "<=", "<=", "le", "<="))
          .putAll(Map.of(">", ">", "gt", ">", "greaterthan", ">", ">=", ">=", "ge", ">="))
          .buildOrThrow();

  private static final ImmutableSet<String> OTHERS =
      ImmutableSet.of("odd", "even", "divisibleby", "lower", "upper", "sameas", "filter", "test");

  /** What a template can name. */
  static final ImmutableSet<String> NAMES =
      ImmutableSet.<String>builder()
          .addAll(KINDS.keySet())
          .addAll(COMPARISONS.keySet())
          .addAll(OTHERS)
          .build();

  private ValueTests() {}

  static Object test(Scope scope, String name, Object value, Arguments arguments) {
    Predicate<Object> kind = KINDS.get(name);
    if (kind != null) {
      Arguments.Bound unused = arguments.bind(0);
      return kind.test(value);
    }
    String comparison = COMPARISONS.get(name);
    if (comparison != null) {
      Object other = arguments.bind(1, "other").get(0);
      return Comparisons.holds(scope.budget(), comparison, value, other);
    }
    return switch (name) {
      case "odd" -> isRest(scope, value, 2L, 1L, arguments.bind(0));
      case "even" -> isRest(scope, value, 2L, 0L, arguments.bind(0));
      case "divisibleby" -> {
        Arguments.Bound bound = arguments.bind(1, "num");
        yield isRest(scope, value, bound.get(0), 0L, bound);
      }
      case "lower" -> TextTests.isLower(text(scope, value, arguments));
      case "upper" -> TextTests.isUpper(text(scope, value, arguments));
      case "sameas" -> isSame(value, arguments.bind(1, "other").get(0));
      case "filter" -> Filters.NAMES.contains(text(scope, value, arguments));
      case "test" -> NAMES.contains(text(scope, value, arguments));
      default -> throw new Halt("there is no test '" + name + "'");
    };
  }

  private static String text(Scope scope, Object value, Arguments arguments) {
    Arguments.Bound unused = arguments.bind(0);
    String text = Representation.string(scope.budget(), value);
    scope.budget().spend(text.length());
    return text;
  }

  private static boolean isRest(
      Scope scope, Object value, Object divisor, long rest, Arguments.Bound unused) {
    if (!Numbers.isNumber(value)) {
      throw new Halt("a number is wanted, not " + Python.type(value));
    }
    Object modulo = Arithmetic.apply(scope.budget(), "%", value, divisor);
    return Comparisons.equal(scope.budget(), modulo, rest);
  }

  /** Whether both are one object, where that does not hang on how Python keeps values. */
  private static boolean isSame(Object a, Object b) {
    boolean isOne =
        a instanceof Boolean || a == None.NONE || b instanceof Boolean || b == None.NONE;
    if (isOne) {
      return a.equals(b);
    }
    if (a == b || !a.getClass().equals(b.getClass())) {
      return a == b;
    }
    throw new Halt("sameas tells apart equal values only for True, False and None");
  }
}
