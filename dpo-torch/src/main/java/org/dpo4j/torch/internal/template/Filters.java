package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Jinja's filters. */
final class Filters {

  static final ImmutableMap<String, Operation> ALL =
      ImmutableMap.<String, Operation>builder()
          .put("f_trim", TextMethods.STRIP)
          .put("f_length", (value, arguments) -> Python.length(value))
          .put("f_count", (value, arguments) -> Python.length(value))
          .put("f_upper", (value, arguments) -> Python.string(value).toUpperCase(Locale.ROOT))
          .put("f_lower", (value, arguments) -> Python.string(value).toLowerCase(Locale.ROOT))
          .put("f_string", (value, arguments) -> Python.string(value))
          .put("f_safe", (value, arguments) -> Python.string(value))
          .put("f_list", (value, arguments) -> Python.items(value))
          .put("f_first", (value, arguments) -> Python.item(Python.items(value), 0L))
          .put("f_last", (value, arguments) -> last(value))
          .put("f_reverse", (value, arguments) -> reverse(value))
          .put("f_default", Filters::otherwise)
          .put("f_d", Filters::otherwise)
          .put("f_join", Filters::join)
          .put("f_replace", TextMethods.REPLACE)
          .put("f_items", Filters::pairs)
          .put("f_tojson", Filters::json)
          .put("f_selectattr", (value, arguments) -> selectByAttribute(value, arguments, true))
          .put("f_rejectattr", (value, arguments) -> selectByAttribute(value, arguments, false))
          .put("f_select", (value, arguments) -> select(value, item -> passes(item, arguments)))
          .put("f_reject", (value, arguments) -> select(value, item -> !passes(item, arguments)))
          .put("f_map", Filters::map)
          .buildOrThrow();

  private Filters() {}

  private static Object last(Object value) {
    if (value instanceof Generated) {
      throw new Halt("last cannot be had of " + Python.type(value));
    }
    return Python.item(Python.items(value), -1L);
  }

  private static Object reverse(Object value) {
    if (value == Absent.UNDEFINED) {
      throw new Halt("what is reversed is undefined");
    }
    List<Object> reversed = Lists.reverse(Python.items(value));
    return value instanceof String
        ? Python.join(reversed, "")
        : new Generated(ImmutableList.copyOf(reversed));
  }

  private static Object otherwise(Object value, Arguments arguments) {
    Arguments known = arguments.only(0, 2, "default_value", "boolean");
    boolean falseToo = Python.isTrue(known.get(1, "boolean", false));
    boolean missing = falseToo ? !Python.isTrue(value) : value == Absent.UNDEFINED;
    return missing ? known.get(0, "default_value", "") : value;
  }

  private static Object join(Object value, Arguments arguments) {
    Object separator = arguments.only(0, 1, "d").get(0, "d", "");
    return Python.join(Python.items(value), Python.string(separator));
  }

  static Object pairs(Object value, Arguments arguments) {
    arguments.only(0, 0);
    return Python.mapping(value).entrySet().stream()
        .map(entry -> (Object) ImmutableList.of(entry.getKey(), entry.getValue()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Object json(Object value, Arguments arguments) {
    // ensure_ascii and others would change the text.
    return PythonJson.text(value, arguments.only(0, 1, "indent").get(0, "indent", Absent.NONE));
  }

  private static Object selectByAttribute(Object value, Arguments arguments, boolean wanted) {
    Object attribute = arguments.get(0);
    Arguments test = arguments.from(1);
    return select(value, item -> passes(Python.item(item, attribute), test) == wanted);
  }

  private static Object select(Object value, Predicate<Object> wanted) {
    return new Generated(
        Python.items(value).stream()
            .map(Python::plain)
            .filter(wanted)
            .collect(ImmutableList.toImmutableList()));
  }

  /** Whether a value passes the test that the arguments begin with, if they do. */
  private static boolean passes(Object value, Arguments arguments) {
    if (!arguments.has(0)) {
      return Python.isTrue(value);
    }
    String name = Python.text(arguments.get(0));
    ValueTests.Test test = ValueTests.ALL.get(name.equals("==") ? "eq" : name);
    if (test == null) {
      throw new Halt("the test '" + name + "' is not supported");
    }
    return test.on(value, arguments.from(1));
  }

  private static Object map(Object value, Arguments arguments) {
    Object attribute = arguments.named().get("attribute");
    if (attribute == null || arguments.has(0) || arguments.named().size() > 1) {
      throw new Halt("map must have attribute='…' and nothing else");
    }
    return new Generated(
        Python.items(value).stream()
            .map(item -> Python.item(Python.plain(item), attribute))
            .collect(ImmutableList.toImmutableList()));
  }
}
