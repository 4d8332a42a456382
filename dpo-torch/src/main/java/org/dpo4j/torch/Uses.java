package org.dpo4j.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The calls that use something that may be taken away: taking it away waits for them. */
final class Uses {

  private final String gone;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
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
    lock.lock();
    try {
      // A call within a call must not fail halfway: it is what taking away waits for.
      if (ended && !callers.contains(Thread.currentThread())) {
        throw new IllegalStateException(gone);
      }
      callers.add(Thread.currentThread());
    } finally {
      lock.unlock();
    }
    try {
      return use.get();
    } finally {
      lock.lock();
      callers.remove(Thread.currentThread());
      none.signalAll();
      lock.unlock();
    }
  }

  /**
   * Refuses new uses and waits until there is none.
   *
   * @throws IllegalStateException if this thread is in the midst of one, and would wait for itself
   */
  void end() {
    lock.lock();
    try {
      if (callers.contains(Thread.currentThread())) {
        throw new IllegalStateException(
            "an adapter can't be unloaded by a call that uses it, such as a listener's");
      }
      ended = true;
      while (!callers.isEmpty()) {
        none.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes {@link #end} back. */
  void resume() {
    lock.lock();
    ended = false;
    lock.unlock();
  }
}
