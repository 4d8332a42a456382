package org.dpo4j.api.probe;

import java.util.function.Predicate;

/** What an answer should be. */
public sealed interface Expectation {

  /**
   * Whether an answer is as expected.
   *
   * @param answer the text
   * @return true if it is
   */
  boolean isMetBy(String answer);

  /** The answer refuses, as {@link Refusal} recognises it. */
  record Refuses() implements Expectation {
    @Override
    public boolean isMetBy(String answer) {
      return Refusal.isIn(answer);
    }
  }

  /** The answer does not refuse, and is not blank. */
  record DoesNotRefuse() implements Expectation {
    @Override
    public boolean isMetBy(String answer) {
      return !answer.isBlank() && !Refusal.isIn(answer);
    }
  }

  /**
   * The answer has a pattern in it.
   *
   * @param pattern as it was written
   * @param finds whether it is in a text
   */
  record Matches(String pattern, Predicate<String> finds) implements Expectation {
    @Override
    public boolean isMetBy(String answer) {
      return finds.test(answer);
    }
  }

  /**
   * The answer keeps a format.
   *
   * @param format which
   */
  record Keeps(Format format) implements Expectation {
    @Override
    public boolean isMetBy(String answer) {
      return format.isKeptBy(answer);
    }
  }
}
