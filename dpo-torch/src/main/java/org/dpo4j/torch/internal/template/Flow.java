package org.dpo4j.torch.internal.template;

/** Where a statement leaves a loop. */
enum Flow {
  /** On to the next statement. */
  NEXT,
  /** Out of the loop. */
  BREAK,
  /** To the loop's next element. */
  CONTINUE
}
