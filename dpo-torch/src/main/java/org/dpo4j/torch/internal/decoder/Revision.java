package org.dpo4j.torch.internal.decoder;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the changes of some tensors, so that what one thread computes with them while another
 * changes them is not taken for a result.
 */
public final class Revision {

  /** Odd while they change. */
  private final AtomicLong count = new AtomicLong();

  /** A computation that changes the tensors. */
  @FunctionalInterface
  public interface Change<E extends Exception> {

    /**
     * Changes them.
     *
     * @throws E if it can't
     */
    void run() throws E;
  }

  /**
   * Changes the tensors.
   *
   * @param change what does so
   * @param <E> what it may throw
   * @throws E what it throws
   * @throws IllegalStateException if another thread is changing them
   */
  public <E extends Exception> void change(Change<E> change) throws E {
    long before = count.get();
    if (isOdd(before) || !count.compareAndSet(before, before + 1)) {
      throw new IllegalStateException(
          "two threads train the same weights: training belongs to one thread at a time");
    }
    try {
      change.run();
    } finally {
      count.incrementAndGet();
    }
  }

  /** Which it is, to be compared with later. */
  long now() {
    long now = count.get();
    if (isOdd(now)) {
      throw changed();
    }
    return now;
  }

  /** Refuses what was computed since if the tensors changed. */
  void requireStill(long then) {
    if (count.get() != then) {
      throw changed();
    }
  }

  private static boolean isOdd(long count) {
    return (count & 1) == 1;
  }

  private static IllegalStateException changed() {
    return new IllegalStateException(
        "the weights changed while they were computed with, so that the result is of no one state:"
            + " what is being trained may score and generate only in the training thread, between"
            + " steps");
  }
}
