package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * A prompt with its completions as token ids, and what is to be known of how they were made.
 *
 * @param group the ids
 * @param beginning how many of the prompt's first tokens begin every text of the model (a BOS
 *     token), and stay where a prompt is truncated; ≥ 0, at most the prompt's
 * @param cutEarly whether the prompt ends before its own last token, at the common prefix of what
 *     it is alone and with its completions
 */
public record Tokenized(PromptGroup group, int beginning, boolean cutEarly) {

  /** Checks the number of tokens. */
  public Tokenized {
    Check.that(
        beginning >= 0 && beginning <= group.prompt().length(),
        "beginning must be in [0, %d], the prompt's tokens, got %d",
        group.prompt().length(),
        beginning);
  }

  /**
   * Ids of which there is no more to say.
   *
   * @param group the ids
   * @return the same
   */
  public static Tokenized of(PromptGroup group) {
    return new Tokenized(group, 0, false);
  }
}
