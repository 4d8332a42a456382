package org.dpo4j.examples.service;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.dpo4j.api.reward.Choice;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions that were taken on: a fixed number is being answered, and a bounded one waits. One
 * whose client has gone is ended, wherever it is.
 */
final class QuestionQueue {

  private static final Logger LOG = LoggerFactory.getLogger(QuestionQueue.class);

  private static final int MOST_RETRY_SECONDS = 60;
  private static final int PEEKED_BYTES = 16 << 10;

  private final Answers answers;
  private final ServiceSettings settings;
  private final ServiceMetrics metrics;
  private final ThreadPoolExecutor workers;
  private final Set<Pending> taken = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  QuestionQueue(Answers answers, ServiceSettings settings, ServiceMetrics metrics) {
    this.answers = answers;
    this.settings = settings;
    this.metrics = metrics;
    this.workers =
        new ThreadPoolExecutor(
            settings.workers(),
            settings.workers(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.waiting()),
            new ThreadFactoryBuilder().setNameFormat("answer-%d").setDaemon(true).build());
  }

  boolean isClosing() {
    return closing;
  }

  /** How many wait. */
  int waiting() {
    return workers.getQueue().size();
  }

  /** Takes a question on, or refuses it. */
  void take(Exchange exchange, Question question) {
    exchange.connections().answers(exchange.endPoint());
    Pending pending = new Pending(exchange, question, System.nanoTime());
    taken.add(pending);
    try {
      workers.execute(pending);
    } catch (RejectedExecutionException e) {
      taken.remove(pending);
      metrics.refused.increment();
      exchange.send(closing ? stopping() : busy());
    }
  }

  /** When to try again is when the queue, as it is now, should have been worked off. */
  private Reply busy() {
    double seconds = metrics.medianSeconds();
    long retry = Math.min(MOST_RETRY_SECONDS, Math.max(1, (long) Math.ceil(seconds)));
    return Reply.error(
            503,
            String.format(
                Locale.ROOT,
                "busy: %d questions are being answered and %d wait; try again in %d s",
                settings.workers(),
                settings.waiting(),
                retry))
        .with("Retry-After", String.valueOf(retry));
  }

  static Reply stopping() {
    return Reply.error(503, "the service is stopping").with("Connection", "close");
  }

  /** Ends the questions whose clients have gone. */
  void dropGone() {
    taken.forEach(Pending::dropIfGone);
  }

  /** Refuses new questions, and finishes those taken on for as long as the settings grant. */
  void close() {
    closing = true;
    workers.shutdown();
    if (!Uninterruptibles.awaitTerminationUninterruptibly(workers, settings.grace())) {
      for (Runnable waiting : workers.shutdownNow()) {
        ((Pending) waiting).refuse();
      }
      // Weights must not go while a token is computed with them.
      Uninterruptibles.awaitTerminationUninterruptibly(workers);
    }
  }

  private record Outcome(Reply reply, int tokens) {}

  private Outcome outcome(Question question, long came) {
    try {
      Choice choice = answers.to(question);
      double seconds = (System.nanoTime() - came) / 1e9;
      return new Outcome(Reply.answer(question, choice, seconds), choice.tokens());
    } catch (IllegalArgumentException e) {
      return new Outcome(Reply.error(400, Objects.toString(e.getMessage())), 0);
    } catch (RuntimeException | Error e) {
      LOG.error("a question was not answered", e);
      return new Outcome(Reply.error(500, "the answer failed; the service's log says why"), 0);
    }
  }

  /** A question, until it is replied to or its client has gone. */
  private final class Pending implements Runnable {

    private final Exchange exchange;
    private final Question question;
    private final long came;
    private @Nullable Thread worker;
    private boolean over;
    private boolean sentMore;

    Pending(Exchange exchange, Question question, long came) {
      this.exchange = exchange;
      this.question = question;
      this.came = came;
    }

    @Override
    public void run() {
      if (!begin()) {
        return;
      }
      Outcome outcome;
      metrics.inFlight.incrementAndGet();
      try {
        outcome = outcome(question, came);
      } finally {
        metrics.inFlight.decrementAndGet();
      }
      if (end()) {
        // Interrupted only at the end of the grace, when what was drawn by then is no answer.
        reply(Thread.interrupted() ? new Outcome(stopping(), 0) : outcome);
      } else {
        Thread.interrupted();
      }
    }

    private void reply(Outcome outcome) {
      switch (outcome.reply().status()) {
        case 200 -> metrics.answered(outcome.tokens(), System.nanoTime() - came);
        case 400 -> metrics.rejected.increment();
        case 503 -> metrics.refused.increment();
        default -> metrics.failed.increment();
      }
      exchange.send(sentMore ? outcome.reply().with("Connection", "close") : outcome.reply());
    }

    private synchronized boolean begin() {
      worker = Thread.currentThread();
      return !over;
    }

    /** Whether there is still somebody to reply to. After this nobody interrupts the thread. */
    private synchronized boolean end() {
      worker = null;
      boolean first = !over;
      over = true;
      taken.remove(this);
      return first;
    }

    void refuse() {
      if (end()) {
        reply(new Outcome(stopping(), 0));
      }
    }

    void dropIfGone() {
      if (hasGone()) {
        workers.remove(this);
        taken.remove(this);
        exchange.drop(new EofException("the client has gone"));
      }
    }

    /**
     * Whether its client closed the connection, which ends it here. The server doesn't read while a
     * question is answered. What a client sends in that time is lost, wherefore its connection is
     * closed after the reply, as HTTP allows.
     */
    private synchronized boolean hasGone() {
      if (over || !closedByClient()) {
        return false;
      }
      over = true;
      if (worker != null) {
        worker.interrupt();
      }
      return true;
    }

    private boolean closedByClient() {
      ByteBuffer more = BufferUtil.allocate(PEEKED_BYTES);
      try {
        int bytes = exchange.endPoint().fill(more);
        sentMore |= bytes > 0;
        return bytes < 0;
      } catch (IOException e) {
        return true;
      }
    }
  }
}
