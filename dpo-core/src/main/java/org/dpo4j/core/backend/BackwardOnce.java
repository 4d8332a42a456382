package org.dpo4j.core.backend;

import java.util.function.LongSupplier;

/**
 * What every backend's passes hold to: a backward pass is computed once at most, with the
 * parameters of its forward pass. Made with the forward pass; belongs to one thread.
 */
public final class BackwardOnce {

  private final LongSupplier updates;
  private final long madeAt;
  private boolean over;

  private BackwardOnce(LongSupplier updates) {
    this.updates = updates;
    this.madeAt = updates.getAsLong();
  }

  /**
   * For a forward pass that is computed now.
   *
   * @param updates how often the parameters have changed
   * @return what its backward pass begins with
   */
  public static BackwardOnce of(LongSupplier updates) {
    return new BackwardOnce(updates);
  }

  /**
   * Called as backward begins.
   *
   * @throws IllegalStateException if it did already, the pass was closed, or the parameters changed
   */
  public void begin() {
    if (over) {
      throw new IllegalStateException("backward was called already, or the pass is closed");
    }
    if (madeAt != updates.getAsLong()) {
      throw new IllegalStateException("the parameters changed since the forward pass");
    }
    over = true;
  }

  /** Called as the pass is closed: nothing begins any more. */
  public void close() {
    over = true;
  }
}
