package org.dpo4j.torch.internal.template;

/** What a template can call. */
@FunctionalInterface
interface Callable {

  /** Calls it from a scope. */
  Object call(Scope scope, Arguments arguments);

  /** Stands for what is not supported: it can be asked for, and fails where it is called. */
  static Callable unsupported(String what) {
    return (scope, arguments) -> {
      throw new Halt(what + " is not supported");
    };
  }
}
