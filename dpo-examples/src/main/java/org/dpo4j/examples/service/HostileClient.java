package org.dpo4j.examples.service;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** A client that does a service harm if it lets it. Lives until it is closed. */
final class HostileClient implements Runnable, AutoCloseable {

  /** What it does. */
  enum Manner {
    /** Asks, and goes before the answer. */
    LEAVE,
    /** Asks all the time and never reads. */
    DEAF,
    /** Sends a question a byte at a time. */
    DRIP
  }

  private static final int CONNECT_MILLIS = 10_000;
  private static final int SMALL_BUFFER = 4096;
  private static final int MOST_MILLIS_BEFORE_LEAVING = 200;
  private static final Duration BETWEEN_BYTES = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  private final URI url;
  private final Manner manner;
  private final String question;
  private final Random random;
  private final LongAdder connections;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * One that has not begun.
   *
   * @param url the service
   * @param manner what it does
   * @param question a body
   * @param seed of how long it stays
   * @param connections counts its connections
   */
  HostileClient(URI url, Manner manner, String question, long seed, LongAdder connections) {
    this.url = url;
    this.manner = manner;
    this.question =
        String.format(
            Locale.ROOT,
            "POST /answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: %d\r\n\r\n%s",
            question.getBytes(StandardCharsets.UTF_8).length,
            question);
    this.random = new Random(seed);
    this.connections = connections;
  }

  @Override
  public void run() {
    while (!closed) {
      try (Socket socket = new Socket()) {
        open.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), CONNECT_MILLIS);
        connections.increment();
        use(socket);
        open.remove(socket);
      } catch (IOException e) {
        // Dropped, or refused: it comes again.
        Uninterruptibles.sleepUninterruptibly(AFTER_FAILURE);
      }
      open.removeIf(Socket::isClosed);
    }
  }

  private void use(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] bytes = question.getBytes(StandardCharsets.UTF_8);
    switch (manner) {
      case LEAVE -> {
        out.write(bytes);
        Uninterruptibles.sleepUninterruptibly(
            Duration.ofMillis(random.nextInt(MOST_MILLIS_BEFORE_LEAVING)));
      }
      case DEAF -> {
        while (!closed) {
          out.write(bytes);
        }
      }
      case DRIP -> {
        for (int i = 0; i < bytes.length && !closed; i++) {
          out.write(bytes[i]);
          Uninterruptibles.sleepUninterruptibly(BETWEEN_BYTES);
        }
      }
    }
  }

  /** Ends it, in whatever it waits for. */
  @Override
  public void close() {
    closed = true;
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is over.
      }
    }
  }
}
