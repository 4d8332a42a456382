package org.dpo4j.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The calls that use something that may be taken away: taking it away waits for them. */
final class Uses {

  private final String gone;
  private final List<Thread> callers = new ArrayList<>();
  private boolean ended;

  /**
   * None yet.
   *
   * @param gone what a use is told that comes too late
   */
  Uses(String gone) {
    this.gone = gone;
  }

  /** Of what goes only with its owner. */
  static Uses ofOwned() {
    return new Uses("");
  }

  /**
   * Uses it.
   *
   * @throws IllegalStateException if it was taken away
   */
  <T> T call(Supplier<T> use) {
    enter();
    try {
      return use.get();
    } finally {
      leave();
    }
  }

  private synchronized void enter() {
    // A call within a call must not fail halfway: it is what taking away waits for.
    if (ended && !callers.contains(Thread.currentThread())) {
      throw new IllegalStateException(gone);
    }
    callers.add(Thread.currentThread());
  }

  private synchronized void leave() {
    callers.remove(Thread.currentThread());
    notifyAll();
  }

  /**
   * Refuses new uses and waits until there is none.
   *
   * @throws IllegalStateException if this thread is in the midst of one, and would wait for itself
   */
  void end() {
    boolean interrupted = false;
    synchronized (this) {
      if (callers.contains(Thread.currentThread())) {
        throw new IllegalStateException(
            "an adapter can't be unloaded by a call that uses it, such as a listener's");
      }
      ended = true;
      while (!callers.isEmpty()) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes {@link #end} back. */
  synchronized void resume() {
    ended = false;
  }
}
