package org.dpo4j.core.backend;

import java.util.Locale;

/**
 * Where a plain prompt ends in tokens, where its own tokens are not the first ones of prompt and
 * completion together: a prompt that ends with a space, for instance, where the tokenizer makes one
 * token of the space and the word behind it.
 *
 * <p>Of chats only the template's own writing can do this, and they are always cut at the common
 * prefix.
 */
public enum Boundary {
  /** Such a text is refused. */
  STRICT,
  /**
   * The prompt ends with the last token that all of its completions leave as it is; what is behind
   * belongs to the completions. The example is counted.
   */
  COMMON_PREFIX;

  /**
   * As it is written in files and on command lines.
   *
   * @return {@code strict} or {@code common-prefix}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
