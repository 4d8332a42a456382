package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** What a value can be assigned to. */
sealed interface Target {

  /** Assigns a value in a scope. */
  void assign(Scope scope, Object value);

  /** {@code name}. */
  record Named(String name) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      scope.set(name, value);
    }
  }

  /** {@code namespace.name}. */
  record InNamespace(String namespace, String name) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      if (!(scope.get(namespace) instanceof Namespace object)) {
        throw new Halt(
            "only an attribute of a namespace can be set, and '" + namespace + "' is none");
      }
      object.set(name, value);
    }
  }

  /** {@code a, b}. */
  record Unpacked(ImmutableList<Target> targets) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      List<Object> values = Python.list(scope.budget(), value);
      if (values.size() != targets.size()) {
        throw new Halt(targets.size() + " variables want as many values, got " + values.size());
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).assign(scope, values.get(i));
      }
    }
  }
}
