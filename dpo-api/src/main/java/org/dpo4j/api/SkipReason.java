package org.dpo4j.api;

import java.util.Locale;

/** Why a record, or an example that could have been made of it, was left out. */
public enum SkipReason {
  /** Not readable, or not as its format has it. The only reason a {@code BadRecords} looks at. */
  MALFORMED,
  /** A completion is blank. */
  EMPTY,
  /** The completions are the same. */
  IDENTICAL,
  /** The completions are scored or ranked the same, or neither was preferred. */
  TIED,
  /** As many annotators are for the one as for the other. */
  NO_MAJORITY,
  /** Nobody has judged it, or who did discarded it. */
  UNLABELLED,
  /** The scores say that the rejected completion is better. */
  CONTRADICTED,
  /** The completions differ in more than one turn of the assistant. */
  SEVERAL_TURNS,
  /** The data says of the completion, or of every turn, that it is not to be learnt. */
  MASKED,
  /** Images or what else is no text, or tools where no chat template could write them. */
  UNSUPPORTED,
  /** The prompt has more tokens than asked for. */
  PROMPT_TOO_LONG,
  /** Prompt and completion have more tokens than asked for. */
  TOO_LONG,
  /**
   * The tokenizer refuses it, for instance because one token would hold the end of the prompt and
   * the beginning of a completion.
   */
  NOT_TOKENIZABLE;

  /** In words. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
