package org.dpo4j.torch.internal.template;

/** Python's {@code None}. */
enum None {
  NONE
}
