package org.dpo4j.api;

/**
 * What becomes of an example that does not fit the model: it has more tokens than {@code
 * maxLength}, or the tokenizer refuses it, for instance because one token would hold the end of the
 * prompt and the beginning of a completion. A completion is never truncated: what is learnt of its
 * end, that it ends, would be wrong.
 */
public enum Unfit {
  /** One that is too long is an error that says how many there are, before anything is trained. */
  STOP,
  /** It is left out and counted. */
  SKIP,
  /**
   * The prompt loses as many tokens at its beginning as it takes, behind the token that begins
   * every text of the model, and is counted. Where that is not enough, or the tokenizer refuses,
   * the example is left out and counted.
   */
  TRUNCATE_PROMPT
}
