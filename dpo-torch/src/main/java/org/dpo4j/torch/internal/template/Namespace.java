package org.dpo4j.torch.internal.template;

import java.util.HashMap;
import java.util.Map;

/** {@code namespace(…)}: the one value of a template that changes. */
final class Namespace {

  private final Map<String, Object> attributes;

  Namespace(Map<String, Object> attributes) {
    this.attributes = new HashMap<>(attributes);
  }

  Object get(String name) {
    return attributes.getOrDefault(name, Absent.UNDEFINED);
  }

  void set(String name, Object value) {
    attributes.put(name, value);
  }
}
