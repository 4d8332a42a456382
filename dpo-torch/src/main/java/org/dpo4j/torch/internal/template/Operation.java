package org.dpo4j.torch.internal.template;

/** A filter, a test or a method: what is done to a value. */
@FunctionalInterface
interface Operation {

  /** Does it to a value, with what else was given. */
  Object on(Scope scope, Object value, Arguments arguments);
}
