package org.dpo4j.torch.internal.template;

/** Something that a template can do with a value. */
@FunctionalInterface
interface Operation {

  Object on(Object value, Arguments arguments);
}
