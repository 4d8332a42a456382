package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.hubspot.jinjava.util.ForLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a template can do with a value. Compiled templates call them as filters of the
 * Jinja library: {@code op_…} for operators and functions, {@code f_…} for Jinja's filters, {@code
 * is_…} and {@code isnot_…} for its tests, {@code m_…} for methods. A name that is not here cannot
 * be called.
 */
final class Operations {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .putAll(operators())
          .putAll(functions())
          .putAll(helpers())
          .putAll(Filters.ALL)
          .putAll(tests())
          .putAll(TextMethods.ALL)
          .putAll(mappingMethods())
          .buildOrThrow();

  private Operations() {}

  private static ImmutableMap<String, Operation> operators() {
    return ImmutableMap.<String, Operation>builder()
        .put("op_not", (value, arguments) -> !Python.isTrue(value))
        .put("op_item", (value, arguments) -> item(value, arguments.get(0)))
        .put("op_slice", Operations::slice)
        .put("op_add", (value, arguments) -> Python.add(value, arguments.get(0)))
        .put("op_subtract", Operations::subtract)
        .put("op_negate", (value, arguments) -> -Python.whole(value))
        .put("op_modulo", (value, arguments) -> modulo(value, arguments.get(0)))
        .put("op_concat", Operations::concat)
        .put("op_eq", (value, arguments) -> Python.equal(value, arguments.get(0)))
        .put("op_ne", (value, arguments) -> !Python.equal(value, arguments.get(0)))
        .put("op_lt", (value, arguments) -> Python.compare(value, arguments.get(0)) < 0)
        .put("op_le", (value, arguments) -> Python.compare(value, arguments.get(0)) <= 0)
        .put("op_gt", (value, arguments) -> Python.compare(value, arguments.get(0)) > 0)
        .put("op_ge", (value, arguments) -> Python.compare(value, arguments.get(0)) >= 0)
        .put("op_in", (value, arguments) -> Python.contains(arguments.get(0), value))
        .put("op_notin", (value, arguments) -> !Python.contains(arguments.get(0), value))
        .put("op_list", (value, arguments) -> ImmutableList.copyOf(arguments.positional()))
        .put("op_mapping", (value, arguments) -> mapping(arguments.positional()))
        .buildOrThrow();
  }

  private static ImmutableMap<String, Operation> functions() {
    return ImmutableMap.of(
        "op_namespace", (value, arguments) -> namespace(arguments),
        "op_range", (value, arguments) -> range(arguments.only(1, 3)),
        "op_raise",
            (value, arguments) ->
                fail("refused by the template: " + Python.string(arguments.get(0))),
        "op_now", (value, arguments) -> Clocks.now(Python.text(arguments.only(1, 1).get(0))));
  }

  /** What the compiler puts between a template and the library. */
  private static ImmutableMap<String, Operation> helpers() {
    return ImmutableMap.<String, Operation>builder()
        .put("op_box", (value, arguments) -> new Boxed(value, Python.isTrue(value)))
        .put("op_boxnot", (value, arguments) -> new Boxed(value, !Python.isTrue(value)))
        .put("op_unbox", (value, arguments) -> value instanceof Boxed box ? box.value() : value)
        .put("op_true", (value, arguments) -> Python.isTrue(value))
        .put("op_print", (value, arguments) -> Python.string(value))
        .put("op_items", (value, arguments) -> Python.items(value))
        .put("op_rows", (value, arguments) -> Python.rows(value, Python.whole(arguments.get(0))))
        .put("op_once", (value, arguments) -> once(value))
        .put("op_assign", (value, arguments) -> assign(value, arguments))
        .put("op_collector", (value, arguments) -> new Collector())
        .put("op_collect", (value, arguments) -> collect(value, arguments))
        .put("op_collected", (value, arguments) -> ((Collector) value).items())
        .put("op_fail", (value, arguments) -> fail(Python.string(value)))
        .buildOrThrow();
  }

  private static ImmutableMap<String, Operation> tests() {
    ImmutableMap.Builder<String, Operation> tests = ImmutableMap.builder();
    ValueTests.ALL.forEach(
        (name, test) -> {
          tests.put("is_" + name, test::on);
          tests.put("isnot_" + name, (value, arguments) -> !test.on(value, arguments));
        });
    return tests.buildOrThrow();
  }

  private static ImmutableMap<String, Operation> mappingMethods() {
    return ImmutableMap.of(
        "m_items", (value, arguments) -> Filters.pairs(value, arguments),
        "m_keys", (value, arguments) -> Python.items(Python.mapping(value)),
        "m_values", (value, arguments) -> ImmutableList.copyOf(Python.mapping(value).values()),
        "m_get", (value, arguments) -> get(value, arguments.only(1, 2)));
  }

  private static Object item(Object value, Object key) {
    if (value instanceof Namespace namespace) {
      return namespace.get(Python.text(key));
    }
    return value instanceof ForLoop loop ? ofLoop(loop, key) : Python.item(value, key);
  }

  private static Object ofLoop(ForLoop loop, Object key) {
    return switch (Python.string(key)) {
      case "index" -> (long) loop.getIndex();
      case "index0" -> (long) loop.getIndex0();
      case "revindex" -> (long) loop.getLength() - loop.getIndex0();
      case "revindex0" -> (long) loop.getLength() - loop.getIndex();
      case "length" -> (long) loop.getLength();
      case "first" -> loop.getIndex0() == 0;
      case "last" -> loop.getIndex() == loop.getLength();
      default -> fail("loop." + Python.string(key) + " is not supported");
    };
  }

  private static Object slice(Object value, Arguments arguments) {
    return Python.slice(value, arguments.get(0), arguments.get(1), arguments.get(2));
  }

  private static Object subtract(Object value, Arguments arguments) {
    return Python.whole(value) - Python.whole(arguments.get(0));
  }

  private static Object modulo(Object value, Object by) {
    return Python.whole(by) == 0
        ? fail("division by zero")
        : Math.floorMod(Python.whole(value), Python.whole(by));
  }

  private static Object concat(Object value, Arguments arguments) {
    return Python.string(value) + Python.string(arguments.get(0));
  }

  private static Object mapping(List<Object> keysAndValues) {
    Map<Object, Object> mapping = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      mapping.put(Python.text(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
    return mapping;
  }

  private static Object assign(Object value, Arguments arguments) {
    if (!(value instanceof Namespace namespace)) {
      return fail("only a namespace takes an attribute, not " + Python.type(value));
    }
    namespace.set(Python.text(arguments.get(0)), arguments.get(1));
    return "";
  }

  private static Object namespace(Arguments arguments) {
    return arguments.has(0)
        ? fail("namespace must have arguments with names only")
        : new Namespace(arguments.named());
  }

  private static Object range(Arguments arguments) {
    boolean from = arguments.has(1);
    long start = from ? Python.whole(arguments.get(0)) : 0;
    long end = Python.whole(arguments.get(from ? 1 : 0));
    long step = arguments.has(2) ? Python.whole(arguments.get(2)) : 1;
    if (step == 0 || (end - start) / step > Budget.MAX_RANGE) {
      return fail("range must have at most " + Budget.MAX_RANGE + " numbers");
    }
    ImmutableList.Builder<Object> numbers = ImmutableList.builder();
    for (long i = start; step > 0 ? i < end : i > end; i += step) {
      numbers.add(i);
    }
    return numbers.build();
  }

  private static Object get(Object value, Arguments arguments) {
    Object found = Python.mapping(value).get(arguments.get(0));
    return found == null ? arguments.get(1, "default", Absent.NONE) : Python.plain(found);
  }

  /** One element where there are none, and none where there are. */
  private static Object once(Object value) {
    return Python.isTrue(value) ? ImmutableList.of() : ImmutableList.of(true);
  }

  private static Object collect(Object collector, Arguments arguments) {
    ((Collector) collector).items().add(arguments.get(0));
    return "";
  }

  private static Object fail(String message) {
    throw new Halt(message);
  }

  /** Gathers what a loop with a condition goes through. */
  private record Collector(List<Object> items) {
    Collector() {
      this(new ArrayList<>());
    }
  }
}
