package org.dpo4j.torch.internal.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables, those of the scopes around included. */
final class Scope {

  private final Budget budget;
  private final @Nullable Scope outer;
  private final boolean autoescapes;
  private final Map<String, Object> variables = new HashMap<>();

  private Scope(Budget budget, @Nullable Scope outer, boolean autoescapes) {
    this.budget = budget;
    this.outer = outer;
    this.autoescapes = autoescapes;
  }

  /** The scope of a whole rendering. */
  static Scope root(Budget budget, Map<String, Object> variables) {
    Scope scope = new Scope(budget, null, false);
    scope.variables.putAll(variables);
    return scope;
  }

  /** A scope whose variables are forgotten at its end. */
  Scope inner() {
    return new Scope(budget, this, autoescapes);
  }

  /** One that escapes what it prints, or does not. */
  Scope inner(boolean escape) {
    return new Scope(budget, this, escape);
  }

  /** The outermost scope of the template, which a block sees alone. */
  Scope root() {
    Scope scope = this;
    while (scope.outer != null) {
      scope = scope.outer;
    }
    return scope;
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      budget.spend(1);
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    if (name.equals("self")) {
      return TemplateSelf.SELF;
    }
    Object global = Globals.ALL.get(name);
    return global == null ? new Undefined("'" + name + "' is undefined") : global;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  boolean autoescapes() {
    return autoescapes;
  }

  Budget budget() {
    return budget;
  }

  /** Counts an operation. */
  Budget step() {
    budget.step();
    return budget;
  }
}
