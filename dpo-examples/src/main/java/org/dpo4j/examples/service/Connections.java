package org.dpo4j.examples.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/**
 * The open connections, and since when each keeps the service waiting. There is a bound on that
 * time, whatever a client sends or takes in between: a server's own idle timeout begins anew with
 * each byte. It is short while there are as many as may be, so that those who wait to be accepted
 * soon are.
 */
final class Connections implements Connection.Listener {

  private enum Phase {
    /** For a request, or the rest of one. */
    WAITS,
    /** It is the client that waits. */
    ANSWERS,
    /** For the reply to be taken. */
    REPLIES
  }

  private record Since(Phase phase, long nanos) {}

  /** A request that came is read before this, however busy the machine is. */
  private static final long PATIENCE_WHEN_FULL = TimeUnit.SECONDS.toNanos(2);

  private final int most;
  private final long patience;

  /** In the order of their times, which each change puts at the end. */
  private final Map<EndPoint, Since> open = new LinkedHashMap<>();

  Connections(int most, Duration patience) {
    this.most = most;
    this.patience = patience.toNanos();
  }

  @Override
  public synchronized void onOpened(Connection connection) {
    open.put(connection.getEndPoint(), new Since(Phase.WAITS, System.nanoTime()));
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    open.remove(connection.getEndPoint());
    notifyAll();
  }

  /** From now on it waits for a request, or for a body whose headers came. */
  void waits(EndPoint endPoint) {
    change(endPoint, Phase.WAITS);
  }

  /** From now on its client waits for an answer. */
  void answers(EndPoint endPoint) {
    change(endPoint, Phase.ANSWERS);
  }

  /** From now on it waits for its client to take the reply. */
  void replies(EndPoint endPoint) {
    change(endPoint, Phase.REPLIES);
  }

  private synchronized void change(EndPoint endPoint, Phase phase) {
    if (open.remove(endPoint) != null) {
      open.put(endPoint, new Since(phase, System.nanoTime()));
    }
    notifyAll();
  }

  synchronized int count() {
    return open.size();
  }

  /** Drops those that have kept the service waiting for too long. */
  void dropOverdue() {
    drop(overdue());
  }

  private synchronized List<EndPoint> overdue() {
    long now = System.nanoTime();
    long may = open.size() >= most ? Math.min(patience, PATIENCE_WHEN_FULL) : patience;
    List<EndPoint> overdue = new ArrayList<>();
    for (Map.Entry<EndPoint, Since> one : open.entrySet()) {
      if (now - one.getValue().nanos() < may) {
        break;
      }
      if (one.getValue().phase() != Phase.ANSWERS) {
        overdue.add(one.getKey());
      }
    }
    overdue.forEach(open::remove);
    return overdue;
  }

  private static void drop(List<EndPoint> endPoints) {
    endPoints.forEach(one -> one.close(new TimeoutException("kept the service waiting")));
  }

  /** Waits until all replies are taken, for as long as a client may take. */
  synchronized void awaitReplies() {
    long end = System.nanoTime() + patience;
    boolean interrupted = false;
    while (open.values().stream().anyMatch(one -> one.phase() == Phase.REPLIES)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
