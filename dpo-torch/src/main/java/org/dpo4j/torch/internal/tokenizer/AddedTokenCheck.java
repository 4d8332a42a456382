package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableBiMap;
import com.google.common.collect.ImmutableList;
import java.util.HashMap;
import java.util.Map;

/** Rules for {@code added_tokens}: tokens that are found in a text before anything else. */
final class AddedTokenCheck {

  // The native library compares each with all others, which takes ten seconds for so many; the
  // published tokenizers with the most, those of speech models, have 28,000.
  private static final int MAX_TOKENS = 32_768;
  private static final int MAX_CHARACTERS = 4_000_000;
  private static final int MAX_TOKEN_CHARACTERS = 1024;

  private AddedTokenCheck() {}

  /**
   * Checks added tokens.
   *
   * @param file the whole of {@code tokenizer.json}
   * @param model id by token
   * @return the model's tokens and the added ones
   * @throws IllegalArgumentException if a rule is broken
   */
  static Vocabulary vocabulary(Place file, Map<String, Integer> model) {
    Map<String, Integer> added = new HashMap<>();
    ImmutableBiMap.Builder<String, Integer> all = ImmutableBiMap.builder();
    Map<Integer, String> tokens = new HashMap<>();
    all.putAll(model);
    model.forEach((token, id) -> tokens.put(id, token));
    if (file.field("added_tokens").isPresent()) {
      Place list = file.require("added_tokens");
      ImmutableList<Place> places = list.elements();
      list.check(places.size() <= MAX_TOKENS, "must have at most " + MAX_TOKENS + " tokens");
      int next = model.size();
      int characters = 0;
      for (Place place : places) {
        String token = content(place.require("content"));
        characters += token.length();
        place.check(characters <= MAX_CHARACTERS, "must not make the list longer than 4 MB");
        place.check(!added.containsKey(token), "must be there once");
        Integer inModel = model.get(token);
        int id = inModel == null ? next : inModel;
        // The library counts on from the vocabulary and only warns where the file says otherwise.
        place
            .require("id")
            .check(
                place.require("id").whole(0, Integer.MAX_VALUE) == id,
                "must be " + id + ", the id that '" + token + "' gets");
        added.put(token, id);
        if (inModel == null) {
          String other = tokens.put(id, token);
          place.check(other == null, "must not have the id of '" + other + "'");
          all.put(token, id);
        }
        next = id >= model.size() ? Math.max(next, id + 1) : next;
      }
    }
    return Vocabulary.of(all.buildOrThrow());
  }

  private static String content(Place place) {
    String token = place.string();
    place.check(
        !token.isEmpty() && token.length() <= MAX_TOKEN_CHARACTERS,
        "must have 1 to " + MAX_TOKEN_CHARACTERS + " characters");
    return token;
  }
}
