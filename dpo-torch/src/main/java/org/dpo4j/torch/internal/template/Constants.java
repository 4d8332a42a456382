package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Values of a template that the library is given as variables, so that it never reads a literal;
 * and the template's own variables, so that those without a value can be given one that says so.
 */
final class Constants {

  private static final String UNDEFINED = "undefined_value";

  private final Map<Object, String> names = new LinkedHashMap<>();
  private final Set<String> variables = new LinkedHashSet<>();

  String of(Object value) {
    return names.computeIfAbsent(value, unused -> "c_" + names.size());
  }

  String undefined() {
    return UNDEFINED;
  }

  /** The name that a template's variable has for the library. */
  String variable(String name) {
    variables.add("v_" + name);
    return "v_" + name;
  }

  /** What every rendering starts with. */
  ImmutableMap<String, Object> bindings() {
    ImmutableMap.Builder<String, Object> bindings = ImmutableMap.builder();
    bindings.put(UNDEFINED, Absent.UNDEFINED);
    bindings.put("loop", Absent.UNDEFINED);
    variables.forEach(name -> bindings.put(name, Absent.UNDEFINED));
    names.forEach((value, name) -> bindings.put(name, value));
    return bindings.buildOrThrow();
  }
}
