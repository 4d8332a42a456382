package org.dpo4j.api;

/**
 * Asks a run to stop, from any thread. The run stops before its next micro-batch, drops the
 * gradients of a step it has not finished, and returns its report; the policy is as after the last
 * finished step. Interrupting the training thread does the same and leaves its interrupt status
 * set.
 */
public final class Cancellation {

  private volatile boolean requested;

  /** A request not made yet. */
  public Cancellation() {}

  /** Asks for the stop. Can't be taken back. */
  public void cancel() {
    requested = true;
  }

  /**
   * Whether a stop was asked for.
   *
   * @return true after {@link #cancel}
   */
  public boolean isCancelled() {
    return requested;
  }
}
