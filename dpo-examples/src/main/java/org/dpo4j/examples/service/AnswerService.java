package org.dpo4j.examples.service;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.dpo4j.api.reward.Choice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions over HTTP: {@code POST /answer}, {@code GET /health}, {@code GET /metrics}.
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.load(directory);
 * Answers answers = ModelAnswers.of(model, adapter, 0.1, 256 << 20, Sampling.defaults(), false);
 * AnswerService service = AnswerService.start(answers, settings);
 * Runtime.getRuntime().addShutdownHook(new Thread(service::close));
 * }</pre>
 *
 * <p>Two kinds of threads: some read requests and reply to what needs no model, so that a refusal
 * never waits for an answer; a fixed number of workers answers. Between them is a queue with a
 * bound, and what finds it full is refused at once with 503 and {@code Retry-After}. So memory is
 * bounded by the settings, whatever comes in. There is no authentication: listen on the loopback
 * address, or put something before it.
 */
public final class AnswerService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerService.class);

  private static final int READERS = 32;
  private static final long IDLE_SECONDS = 30;
  private static final int MOST_RETRY_SECONDS = 60;

  private final Answers answers;
  private final ServiceSettings settings;
  private final HttpServer server;
  private final ThreadPoolExecutor readers;
  private final ThreadPoolExecutor workers;
  private final ServiceMetrics metrics = new ServiceMetrics();
  private volatile boolean closing;
  private boolean closed;

  private AnswerService(Answers answers, ServiceSettings settings, HttpServer server) {
    this.answers = answers;
    this.settings = settings;
    this.server = server;
    this.readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("http-%d"));
    this.readers.allowCoreThreadTimeOut(true);
    this.workers =
        new ThreadPoolExecutor(
            settings.workers(),
            settings.workers(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.waiting()),
            named("answer-%d"));
  }

  private static ThreadFactory named(String format) {
    return new ThreadFactoryBuilder().setNameFormat(format).setDaemon(true).build();
  }

  /**
   * Starts a service.
   *
   * @param answers what it asks; closed with the service, and here if this fails
   * @param settings where it listens, and how much it takes on
   * @return the service, which runs until it is closed
   * @throws IOException if it can't listen there
   */
  public static AnswerService start(Answers answers, ServiceSettings settings) throws IOException {
    // Of the whole process, and read once. A reply is two packets, the second of which would wait
    // for the first one's receipt, up to 40 ms; a request that never ends would hold a thread.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("sun.net.httpserver.maxReqTime", String.valueOf(IDLE_SECONDS));
    HttpServer server;
    try {
      server = HttpServer.create(settings.address(), 0);
    } catch (IOException e) {
      answers.close();
      throw new IOException("cannot listen on " + settings.address() + ": " + e.getMessage(), e);
    }
    AnswerService service = new AnswerService(answers, settings, server);
    server.createContext("/", service::handle);
    server.setExecutor(service.readers);
    server.start();
    return service;
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Where it listens.
   *
   * @return with the port that it got
   */
  public URI address() {
    InetSocketAddress bound = server.getAddress();
    String host = bound.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort());
  }

  private void handle(HttpExchange exchange) {
    try {
      route(exchange);
    } catch (IOException e) {
      metrics.dropped.increment();
      exchange.close();
    } catch (RuntimeException e) {
      LOG.error("a request failed", e);
      exchange.close();
    }
  }

  private void route(HttpExchange exchange) throws IOException {
    String path = Objects.toString(exchange.getRequestURI().getPath(), "");
    String method =
        switch (path) {
          case "/answer" -> "POST";
          case "/health", "/metrics" -> "GET";
          default -> "";
        };
    if (method.isEmpty()) {
      Reply.error(404, "there are POST /answer, GET /health and GET /metrics").send(exchange);
    } else if (!method.equals(exchange.getRequestMethod())) {
      Reply.error(405, path + " takes " + method).with("Allow", method).send(exchange);
    } else if (path.equals("/answer")) {
      metrics.requests.increment();
      answer(exchange);
    } else if (path.equals("/metrics")) {
      Reply.metrics(metrics.text(workers.getQueue()::size)).send(exchange);
    } else {
      (closing ? stopping() : Reply.of(200, "status", "ok")).send(exchange);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(settings.maxBodyBytes() + 1);
    if (body.length > settings.maxBodyBytes()) {
      metrics.rejected.increment();
      Reply.error(413, "a question must be at most " + settings.maxBodyBytes() + " bytes")
          .with("Connection", "close")
          .send(exchange);
      return;
    }
    Pending pending;
    try {
      pending = new Pending(exchange, Question.parse(body, settings.limits()), System.nanoTime());
    } catch (IllegalArgumentException e) {
      metrics.rejected.increment();
      Reply.error(400, Objects.toString(e.getMessage())).send(exchange);
      return;
    }
    try {
      workers.execute(pending);
    } catch (RejectedExecutionException e) {
      metrics.refused.increment();
      (closing ? stopping() : busy()).send(exchange);
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

  private static Reply stopping() {
    return Reply.error(503, "the service is stopping").with("Connection", "close");
  }

  /** A question that was taken on. */
  private final class Pending implements Runnable {

    private final HttpExchange exchange;
    private final Question question;
    private final long came;

    Pending(HttpExchange exchange, Question question, long came) {
      this.exchange = exchange;
      this.question = question;
      this.came = came;
    }

    @Override
    public void run() {
      metrics.inFlight.incrementAndGet();
      Reply reply;
      try {
        reply = reply();
      } finally {
        metrics.inFlight.decrementAndGet();
      }
      send(reply);
    }

    private Reply reply() {
      Reply reply;
      int tokens = 0;
      try {
        Choice choice = answers.to(question);
        tokens = choice.tokens();
        reply = Reply.answer(question, choice, (System.nanoTime() - came) / 1e9);
      } catch (IllegalArgumentException e) {
        reply = Reply.error(400, Objects.toString(e.getMessage()));
      } catch (RuntimeException | Error e) {
        LOG.error("a question was not answered", e);
        reply = Reply.error(500, "the answer failed; the service's log says why");
      }
      // Interrupted only at the end of the grace, when what was drawn by then is no answer.
      if (Thread.interrupted()) {
        metrics.refused.increment();
        return stopping();
      }
      switch (reply.status()) {
        case 200 -> metrics.answered(tokens, System.nanoTime() - came);
        case 400 -> metrics.rejected.increment();
        default -> metrics.failed.increment();
      }
      return reply;
    }

    void refuse() {
      metrics.refused.increment();
      send(stopping());
    }

    private void send(Reply reply) {
      try {
        reply.send(exchange);
      } catch (IOException e) {
        metrics.dropped.increment();
      }
    }
  }

  /**
   * Stops: refuses new questions, finishes those it took on, for as long as the settings grant, and
   * closes what answers. Calls after the first wait for it and do nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closing = true;
    workers.shutdown();
    if (!Uninterruptibles.awaitTerminationUninterruptibly(workers, settings.grace())) {
      for (Runnable waiting : workers.shutdownNow()) {
        ((Pending) waiting).refuse();
      }
      // Weights must not go while a token is computed with them.
      Uninterruptibles.awaitTerminationUninterruptibly(workers);
    }
    server.stop(0);
    MoreExecutors.shutdownAndAwaitTermination(readers, settings.grace());
    answers.close();
    closed = true;
  }
}
