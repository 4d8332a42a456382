package org.dpo4j.torch.internal.template;

import java.util.Collection;

/** What one rendering may use: a template is a program, and may be a hostile one. */
final class Budget {

  static final int MAX_RANGE = 10_000;
  static final int MAX_CHARACTERS = 16_000_000;
  private static final int MAX_ELEMENTS = 1_000_000;
  private static final long MAX_WORK = 100_000_000;
  private static final int WORK_OF_A_STEP = 200;

  private long work;

  /** Counts an operation and what it was done to. */
  void spend(Object value) {
    work += WORK_OF_A_STEP;
    if (value instanceof String text) {
      work += text.length();
      check(
          text.length() <= MAX_CHARACTERS,
          "text must have at most " + MAX_CHARACTERS + " characters");
    } else if (value instanceof Collection<?> collection) {
      work += collection.size();
      check(
          collection.size() <= MAX_ELEMENTS,
          "a list must have at most " + MAX_ELEMENTS + " elements");
    }
    check(work <= MAX_WORK, "the template does not come to an end");
  }

  private static void check(boolean condition, String rule) {
    if (!condition) {
      throw new Halt(rule);
    }
  }
}
