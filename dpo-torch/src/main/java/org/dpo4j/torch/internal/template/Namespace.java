package org.dpo4j.torch.internal.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one object of a template that can be changed. */
final class Namespace {

  private final Map<String, Object> attributes = new LinkedHashMap<>();

  static Namespace of(Scope scope, Arguments arguments) {
    Namespace namespace = new Namespace();
    Globals.dict(scope, arguments)
        .entries()
        .forEach(entry -> namespace.set(Python.text(entry.key()), entry.value()));
    return namespace;
  }

  @Nullable Object get(String name) {
    return attributes.get(name);
  }

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw new Halt("a name in a namespace must not begin with _, got '" + name + "'");
    }
    attributes.put(name, value);
  }

  /** What it holds now. */
  Dict attributes(Budget budget) {
    Dict.Builder dict = new Dict.Builder(budget);
    attributes.forEach(dict::put);
    return dict.build();
  }
}
