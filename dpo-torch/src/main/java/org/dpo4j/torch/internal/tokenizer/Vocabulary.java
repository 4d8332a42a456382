package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableBiMap;
import java.util.OptionalInt;

/**
 * Every token a tokenizer can give, the added ones among them.
 *
 * @param ids id by token; ids may have gaps
 * @param size the highest id plus one
 */
record Vocabulary(ImmutableBiMap<String, Integer> ids, int size) {

  static Vocabulary of(ImmutableBiMap<String, Integer> ids) {
    return new Vocabulary(
        ids, ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1);
  }

  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  boolean has(int id) {
    return ids.inverse().containsKey(id);
  }

  String token(int id) {
    String token = ids.inverse().get(id);
    if (token == null) {
      throw new IllegalArgumentException(
          "token id must be one of the vocabulary's " + ids.size() + " ids, got " + id);
    }
    return token;
  }
}
