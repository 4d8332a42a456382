package org.dpo4j.torch.internal.template;

/** The two ways in which a value can be missing. Jinja tells them apart, the library does not. */
enum Absent {
  /** Python's {@code None}. */
  NONE,
  /** A name or an attribute that is not there. */
  UNDEFINED
}
