package org.dpo4j.api.data;

import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * What is to be answered.
 *
 * @param id names it in messages and results; not blank
 * @param text plain text or a chat
 */
public record Prompt(String id, Text text) {

  /** Checks the name. */
  public Prompt {
    Check.that(!id.isBlank(), "id must not be blank, got '%s'", id);
  }
}
