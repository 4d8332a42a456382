package org.dpo4j.examples.service;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
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
 * <p>Two kinds of threads: few that read requests and write replies, and wait for no client and no
 * answer, so that a refusal comes at once; a fixed number of workers that answer. Between them is a
 * queue with a bound, and what finds it full is refused at once with 503 and {@code Retry-After}.
 * Connections are bounded in number and in how long they may keep the service waiting. So memory
 * and descriptors are bounded by the settings, whatever comes in. A client that closes its
 * connection ends its question. There is no authentication: listen on the loopback address, or put
 * something before it.
 */
public final class AnswerService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerService.class);

  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int SEND_BUFFER_BYTES = 32 << 10;
  private static final int HTTP_THREADS = 8;
  private static final int BACKLOG = 128;
  private static final Duration WATCH = Duration.ofMillis(100);

  private final Answers answers;
  private final QuestionQueue questions;
  private final Connections connections;
  private final Server server;
  private final ScheduledExecutorService watch;
  private final URI address;
  private boolean closed;

  private AnswerService(Answers answers, ServiceSettings settings, ServerSocketChannel channel)
      throws IOException {
    ServiceMetrics metrics = new ServiceMetrics();
    this.answers = answers;
    this.questions = new QuestionQueue(answers, settings, metrics);
    this.connections = new Connections(settings.maxConnections(), settings.patience());
    this.address = address((InetSocketAddress) channel.getLocalAddress());
    this.server = server(connections, settings.maxConnections(), channel);
    server.setHandler(new AnswerHandler(settings, questions, connections, metrics));
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat("watch-%d").setDaemon(true).build());
  }

  private static Server server(
      Connections connections, int maxConnections, ServerSocketChannel channel) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(HTTP_THREADS, HTTP_THREADS);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    // What never reads is found out before much is computed for it.
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    // Its times begin anew with each byte; those of Connections don't.
    connector.setIdleTimeout(0);
    connector.addBean(connections);
    connector.open(channel);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(maxConnections, connector));
    server.setErrorHandler(new ErrorReplies(MAX_HEADER_BYTES));
    return server;
  }

  private static URI address(InetSocketAddress bound) {
    String host = bound.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort());
  }

  /**
   * Starts a service.
   *
   * @param answers what it asks; closed with the service, and here if this fails
   * @param settings where it listens, and how much it takes on
   * @return the service, which runs until it is closed
   * @throws BindException if it can't listen there; the message says where, and why not
   * @throws IOException if it can't be started for another reason
   */
  public static AnswerService start(Answers answers, ServiceSettings settings) throws IOException {
    ServerSocketChannel channel;
    try {
      channel = bind(settings.address());
    } catch (IOException e) {
      answers.close();
      throw e;
    }
    return start(answers, settings, channel);
  }

  /**
   * The same, where what it asks takes time to load: that begins once the address is taken.
   *
   * @param answers gives what the service asks; closed with the service, and here if this fails
   * @param settings where it listens, and how much it takes on
   * @return the service, which runs until it is closed
   * @throws BindException if it can't listen there; the message says where, and why not
   * @throws IOException if it can't be started for another reason
   */
  public static AnswerService start(Supplier<? extends Answers> answers, ServiceSettings settings)
      throws IOException {
    ServerSocketChannel channel = bind(settings.address());
    Answers loaded;
    try {
      loaded = answers.get();
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
    return start(loaded, settings, channel);
  }

  private static AnswerService start(
      Answers answers, ServiceSettings settings, ServerSocketChannel channel) throws IOException {
    try {
      AnswerService service = new AnswerService(answers, settings, channel);
      service.start();
      return service;
    } catch (IOException | RuntimeException e) {
      channel.close();
      answers.close();
      throw e;
    }
  }

  private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      return channel.bind(address, BACKLOG);
    } catch (IOException e) {
      channel.close();
      BindException said = new BindException("cannot listen on " + address + ": " + e.getMessage());
      said.initCause(e);
      throw said;
    }
  }

  private void start() throws IOException {
    try {
      server.start();
    } catch (Exception e) {
      LifeCycle.stop(server);
      throw new IOException("cannot start to listen on " + address, e);
    }
    // It ends with the executor, and catches what it throws.
    Future<?> unused =
        watch.scheduleWithFixedDelay(
            this::watch, WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void watch() {
    try {
      questions.dropGone();
      connections.dropOverdue();
    } catch (RuntimeException e) {
      LOG.error("connections could not be looked at", e);
    }
  }

  /**
   * Where it listens.
   *
   * @return with the port that it got
   */
  public URI address() {
    return address;
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
    questions.close();
    connections.awaitReplies();
    LifeCycle.stop(server);
    MoreExecutors.shutdownAndAwaitTermination(watch, Duration.ofSeconds(5));
    answers.close();
    closed = true;
  }
}
