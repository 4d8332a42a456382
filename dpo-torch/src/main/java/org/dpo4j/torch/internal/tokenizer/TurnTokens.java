package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableSet;

/**
 * Which tokens end a turn, as far as the files say: those that end a text, and special tokens
 * generally, which a template has little other use for.
 *
 * @param added all tokens that are found in a text first
 * @param ends those that end a text, by what stands in it
 */
record TurnTokens(AddedTokens added, ImmutableSet<String> ends) {

  boolean endsText(String token) {
    return ends.contains(token);
  }

  boolean mayEndTurn(String token) {
    return endsText(token) || added.isSpecial(token);
  }
}
