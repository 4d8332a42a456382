package org.dpo4j.torch.internal.template;

import java.util.List;
import java.util.Map;

/**
 * Arguments of an operation.
 *
 * @param positional in their order
 * @param named by name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {

  Object get(int index) {
    return get(index, "", Absent.UNDEFINED);
  }

  Object get(int index, String name, Object otherwise) {
    return has(index) ? positional.get(index) : named.getOrDefault(name, otherwise);
  }

  boolean has(int index) {
    return index < positional.size();
  }

  Arguments from(int index) {
    return new Arguments(positional.subList(index, positional.size()), Map.of());
  }

  /** Refuses more or other arguments than an operation knows. */
  Arguments only(int least, int most, String... names) {
    boolean known = List.of(names).containsAll(named.keySet());
    int given = positional.size() + named.size();
    if (!known || given < least || given > most) {
      throw new Halt("a filter, test or method was called with arguments that are not supported");
    }
    return this;
  }
}
