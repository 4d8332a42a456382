package org.dpo4j.api.probe;

import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.math.Check;

/**
 * A prompt with what its answer should be.
 *
 * @param category what it is a sample of, such as {@code refuses harm}; not blank
 * @param prompt what is asked
 * @param expectation of the answer
 */
public record Probe(String category, Prompt prompt, Expectation expectation) {

  /** Checks the category. */
  public Probe {
    Check.that(!category.isBlank(), "category must not be blank, got '%s'", category);
  }
}
