package org.dpo4j.api;

/**
 * Asks a run to stop, from any thread. The run stops before its next micro-batch, drops the
 * gradients of a step it has not finished, and returns its report; the policy is as after the last
 * finished step. Interrupting the training thread does the same and leaves its interrupt status
 * set.
 */
public final class Cancellation {

  private volatile boolean requested;
  private int running;

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

  /**
   * A request that is made when the process is asked to end, by Ctrl-C or a SIGTERM: the process
   * then waits until the run has written its last checkpoint. A run must not end the process
   * itself, with {@code System.exit} in a listener, since it would wait for its own end.
   *
   * @return a new request; one is enough for all runs of a process
   */
  public static Cancellation onShutdown() {
    Cancellation cancellation = new Cancellation();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(cancellation::cancelAndWait, "dpo4j-end-of-runs"));
    return cancellation;
  }

  private void cancelAndWait() {
    cancel();
    synchronized (this) {
      while (running > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  synchronized void runBegins() {
    running++;
  }

  synchronized void runEnds() {
    running--;
    notifyAll();
  }
}
