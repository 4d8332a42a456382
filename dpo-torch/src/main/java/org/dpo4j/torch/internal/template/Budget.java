package org.dpo4j.torch.internal.template;

import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * What one rendering may use: a template is a program, and may be a hostile one. Everything is
 * counted before it is done. Work is counted and not timed, so that a slow machine renders what a
 * fast one renders; all that is allowed takes about a second. Behind that stands a deadline of 10
 * seconds of the thread's CPU time, for what is counted too low.
 */
final class Budget {

  static final int MAX_RANGE = 100_000;
  static final int MAX_CHARACTERS = 16_000_000;
  static final int MAX_NESTING = 100;

  private static final int MAX_ELEMENTS = 1_000_000;
  private static final long MAX_WORK = 100_000_000;
  private static final int WORK_OF_A_STEP = 10;
  private static final int WORK_OF_AN_ELEMENT = 32;
  private static final long MAX_NANOSECONDS = 10_000_000_000L;
  private static final long WORK_BETWEEN_LOOKS_AT_THE_CLOCK = 100_000;

  private final LongSupplier clock;
  private final long start;
  private long work;
  private long nextLook = WORK_BETWEEN_LOOKS_AT_THE_CLOCK;
  private int calls;

  Budget() {
    this(Budget::threadTime);
  }

  /** One whose deadline is measured by a clock, in nanoseconds. */
  Budget(LongSupplier clock) {
    this.clock = clock;
    this.start = clock.getAsLong();
  }

  /** The thread's CPU time; where it cannot be told, the time of day. */
  private static long threadTime() {
    try {
      long time = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      return time < 0 ? System.nanoTime() : time;
    } catch (UnsupportedOperationException e) {
      return System.nanoTime();
    }
  }

  /** Counts one operation. */
  void step() {
    spend(WORK_OF_A_STEP);
  }

  /** Counts work, about a character or a comparison each. */
  void spend(long amount) {
    check(amount <= MAX_WORK - work, "the template does not come to an end");
    work += amount;
    if (work >= nextLook) {
      nextLook = work + WORK_BETWEEN_LOOKS_AT_THE_CLOCK;
      check(
          clock.getAsLong() - start <= MAX_NANOSECONDS,
          "the template takes more than "
              + MAX_NANOSECONDS / 1_000_000_000
              + " seconds of the processor's time");
    }
  }

  /** Counts digits of numbers, whose arithmetic takes the product of their lengths. */
  void digits(long left, long right) {
    spend((left + 1) * (right + 1) / 64);
  }

  /** Counts text that is to be made. */
  void characters(long number) {
    characters(0, number);
  }

  /** Counts what is to be added to a text. */
  void characters(long before, long added) {
    check(
        added <= MAX_CHARACTERS - before,
        "text must have at most " + MAX_CHARACTERS + " characters");
    spend(added);
  }

  /** Counts a list that is to be made. */
  void elements(long number) {
    check(number <= MAX_ELEMENTS, "a list must have at most " + MAX_ELEMENTS + " elements");
    spend(number * WORK_OF_AN_ELEMENT);
  }

  /** Counts the next element of a list that grows. */
  void element(int before) {
    check(before < MAX_ELEMENTS, "a list must have at most " + MAX_ELEMENTS + " elements");
    spend(WORK_OF_AN_ELEMENT);
  }

  /** Begins a call of a macro or of a recursive loop. */
  void enter() {
    check(++calls <= MAX_NESTING, "macros must not call each other deeper than " + MAX_NESTING);
  }

  /** Ends what {@link #enter} began. */
  void leave() {
    calls--;
  }

  /** Refuses to go deeper into a value than is sensible. */
  static void nesting(int depth) {
    check(depth <= MAX_NESTING, "a value must not be nested deeper than " + MAX_NESTING);
  }

  private static void check(boolean condition, String rule) {
    if (!condition) {
      throw new Halt(rule);
    }
  }
}
