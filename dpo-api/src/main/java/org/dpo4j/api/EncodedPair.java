package org.dpo4j.api;

import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.PairLabel;

/**
 * A pair as token ids.
 *
 * @param id the pair's id
 * @param group its tokens, {@code [prompt | chosen | rejected]}
 * @param label what else is known about it
 */
record EncodedPair(String id, PromptGroup group, PairLabel label) {

  /** Tokenizes a pair; an error names it. */
  static EncodedPair of(PreferencePair pair, Tokenizer tokenizer) {
    try {
      return new EncodedPair(
          pair.id(),
          tokenizer.encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())),
          pair.label());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format("pair '%s': %s", pair.id(), e.getMessage()), e);
    }
  }

  /** Tokens to compute, the prompt counted once. */
  int tokens() {
    return group.tokens();
  }

  int chosenTokens() {
    return group.completions().get(0).length();
  }
}
