package org.dpo4j.torch.internal.template;

import org.dpo4j.core.math.Shown;

/**
 * Where a template came from, for messages.
 *
 * @param name usually a file
 */
record Origin(String name) {

  /** What is wrong in a line, to be thrown. */
  IllegalArgumentException refuse(int line, String what) {
    return new IllegalArgumentException(name + ": line " + line + ": " + Shown.text(what));
  }
}
