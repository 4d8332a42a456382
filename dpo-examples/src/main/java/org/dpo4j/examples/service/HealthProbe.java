package org.dpo4j.examples.service;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Asks a service for its health all the time, each time on a new connection. */
final class HealthProbe implements Runnable {

  private static final int TIMEOUT_MILLIS = 5_000;
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final byte[] ASK =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.UTF_8);

  private final URI url;
  private final long end;
  private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

  HealthProbe(URI url, long end) {
    this.url = url;
    this.end = end;
  }

  @Override
  public void run() {
    while (System.nanoTime() < end) {
      long began = System.nanoTime();
      try (Socket socket = new Socket()) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), TIMEOUT_MILLIS);
        socket.getOutputStream().write(ASK);
        String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (reply.startsWith("HTTP/1.1 200 ")) {
          millis.add((System.nanoTime() - began) / 1e6);
        } else {
          failures.add("health: " + reply.lines().findFirst().orElse("nothing"));
        }
      } catch (IOException e) {
        failures.add("health: " + e);
      }
      Uninterruptibles.sleepUninterruptibly(PAUSE);
    }
  }

  /** What each took. */
  Iterable<Double> millis() {
    return millis;
  }

  Iterable<String> failures() {
    return failures;
  }
}
