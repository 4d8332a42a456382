package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableMap;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The tokens that are found in a text before anything else.
 *
 * @param special whether each is a special token, by what it is in a text
 */
record AddedTokens(ImmutableMap<String, Boolean> special) {

  /** Those of a checked {@code tokenizer.json}. */
  static AddedTokens of(Place file) {
    ImmutableMap.Builder<String, Boolean> special = ImmutableMap.builder();
    if (file.field("added_tokens").isPresent()) {
      for (Place token : file.require("added_tokens").elements()) {
        special.put(
            token.require("content").string(),
            token.field("special").map(Place::bool).orElse(false));
      }
    }
    return new AddedTokens(special.buildOrThrow());
  }

  boolean isSpecial(String token) {
    return special.getOrDefault(token, false);
  }

  /** Those that a text ends with; one may end as another does. */
  Stream<String> endOf(String text) {
    return special.keySet().stream().filter(text::endsWith);
  }

  /** The place behind the last of some that a text holds. */
  OptionalInt lastIn(String text, Predicate<String> chosen) {
    return special.keySet().stream()
        .filter(token -> text.contains(token) && chosen.test(token))
        .mapToInt(token -> text.lastIndexOf(token) + token.length())
        .max();
  }
}
