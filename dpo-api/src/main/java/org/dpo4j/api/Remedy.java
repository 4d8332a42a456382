package org.dpo4j.api;

/**
 * What helps where something was refused. Exceptions say it for Java; a program whose user has no
 * Java before him, as a command line, says it in its own words.
 *
 * @see RefusedException
 */
public enum Remedy {

  /** To go on with the run that is there, or to use another directory. */
  RESUME("go on with it by RunDirectory.resume(true), or name another directory"),

  /** To raise the bound on tokens computed at a time, or shorten the data. */
  RAISE_TOKENS("raise maxTokens to at least that, or shorten or leave out what is too long"),

  /** To raise the bound on an example's length, or say what becomes of longer ones. */
  RAISE_LENGTH("raise maxLength, or say onUnfit(Unfit.SKIP) or onUnfit(Unfit.TRUNCATE_PROMPT)"),

  /** To leave out examples that a model can't take. */
  LEAVE_OUT("such can be left out with onUnfit(Unfit.SKIP)"),

  /** To count malformed records and go on. */
  COUNT_BAD_RECORDS("to count such records instead, read with badRecords(BadRecords.COUNT)"),

  /** To name the columns of pairs, choices, ratings, thumbs or demonstrations. */
  NAME_COLUMNS(
      "say which holds what with columns(Columns.pair(prompt, chosen, rejected)), or Columns.choice,"
          + " ratings, thumbs or demonstration"),

  /** To read thumbs as what they are. */
  READ_THUMBS("read it with unpaired()"),

  /** To read demonstrations as what they are, or to name the columns of preferences. */
  READ_DEMONSTRATIONS(
      "read it with demonstrations(), or name the columns that say what is better with columns(…)"),

  /** To read preferences as pairs or rankings. */
  READ_PREFERENCES("read it with pairs() or rankings()"),

  /** To compute a file of a reference's log-probabilities again. */
  COMPUTE_REFERENCE_AGAIN("make it again with ReferenceCache.in(file).fill(…)"),

  /** To generate less, from less, or with more memory. */
  GENERATE_LESS("give a smaller maxTokens, a shorter prompt or more maxCacheBytes");

  private final String java;

  Remedy(String java) {
    this.java = java;
  }

  /**
   * What to call.
   *
   * @return words that follow a semicolon
   */
  public String inJava() {
    return java;
  }
}
