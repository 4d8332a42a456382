package org.dpo4j.examples.service;

import com.google.common.collect.Streams;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.dpo4j.examples.service.HostileClient.Manner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clients that ask a service all the time, and what they got: a line every ten seconds with the
 * service's resident memory and descriptors, and a summary. Others may be hostile: leave before
 * their answer, never read, or send a byte at a time. Meanwhile the service's health is asked for.
 *
 * <p>{@code ./mvnw -q -pl dpo-examples exec:java
 * -Dexec.mainClass=org.dpo4j.examples.service.LoadClient -Dexec.args="--clients 32 --seconds 60"}
 */
@Command(name = "LoadClient", mixinStandardHelpOptions = true, sortOptions = false)
public final class LoadClient implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int KEEP_ALIVE_SECONDS = 2;
  private static final String RESIDENT = "process_resident_memory_bytes ";
  private static final String DESCRIPTORS = "process_open_fds ";
  private static final String CONNECTIONS = "dpo_answer_connections ";

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8080",
      description = "The service (${DEFAULT-VALUE}).")
  private URI url;

  @Option(
      names = "--clients",
      defaultValue = "32",
      description = "How many ask at the same time (${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--leaving",
      defaultValue = "0",
      description = "Further clients that ask and go before the answer (${DEFAULT-VALUE}).")
  private int leaving;

  @Option(
      names = "--deaf",
      defaultValue = "0",
      description = "Further clients that ask all the time and never read (${DEFAULT-VALUE}).")
  private int deaf;

  @Option(
      names = "--dripping",
      defaultValue = "0",
      description = "Further clients that send a byte each half second (${DEFAULT-VALUE}).")
  private int dripping;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "For how long (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--every-seconds",
      defaultValue = "10",
      description = "How often it says how the service is (${DEFAULT-VALUE}).")
  private int every;

  @Option(
      names = "--pause-ms",
      defaultValue = "1000",
      description = "What a client waits after it was refused (${DEFAULT-VALUE}).")
  private int pause;

  @Option(
      names = "--prompt",
      defaultValue = "review of the silent harbour :",
      description = "What they ask (${DEFAULT-VALUE}).")
  private String prompt;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ConcurrentLinkedQueue<Double> answered = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Double> refused = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong seeds = new AtomicLong();
  private final LongAdder hostileConnections = new LongAdder();
  private final PrintWriter out;

  private LoadClient(PrintWriter out) {
    this.out = out;
  }

  /**
   * Puts the load on and ends the process: with 0 if nothing failed, else 1.
   *
   * @param arguments {@code --help} lists them
   */
  public static void main(String... arguments) {
    System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), arguments));
  }

  static int run(PrintWriter out, String... arguments) {
    // Of the process. A connection that idled as long as the service lets it may be closed by it
    // just when it is used again.
    System.setProperty("jdk.httpclient.keepalive.timeout", String.valueOf(KEEP_ALIVE_SECONDS));
    return new CommandLine(new LoadClient(out)).setOut(out).execute(arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    out.printf(Locale.ROOT, "%4d s: %s%n", 0, state());
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    HealthProbe health = new HealthProbe(url, end);
    List<Thread> threads = new ArrayList<>();
    begin(threads, "health", health);
    for (int i = 0; i < clients; i++) {
      begin(threads, "client-" + i, () -> ask(end));
    }
    List<HostileClient> hostile = hostile();
    hostile.forEach(client -> begin(threads, "hostile", client));
    for (int at = every; at <= seconds; at += every) {
      Thread.sleep(Duration.ofSeconds(every).toMillis());
      out.printf(Locale.ROOT, "%4d s: %s%n", at, state());
    }
    hostile.forEach(HostileClient::close);
    for (Thread thread : threads) {
      thread.join();
    }
    health.failures().forEach(failures::add);
    out.println(summary("answered", answered));
    out.println(summary("refused", refused));
    out.println(summary("health", health.millis()));
    out.printf(Locale.ROOT, "hostile connections: %d%n", hostileConnections.sum());
    out.printf(Locale.ROOT, "failed: %d%n", failures.size());
    failures.stream().limit(5).forEach(failure -> out.println("  " + failure));
    return failures.isEmpty() ? 0 : 1;
  }

  private static void begin(List<Thread> threads, String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.start();
    threads.add(thread);
  }

  private List<HostileClient> hostile() {
    List<HostileClient> hostile = new ArrayList<>();
    Map<Manner, Integer> numbers =
        Map.of(Manner.LEAVE, leaving, Manner.DEAF, deaf, Manner.DRIP, dripping);
    numbers.forEach(
        (manner, number) -> {
          for (int i = 0; i < number; i++) {
            hostile.add(new HostileClient(url, manner, question(), i, hostileConnections));
          }
        });
    return hostile;
  }

  private void ask(long end) {
    while (System.nanoTime() < end) {
      long began = System.nanoTime();
      try {
        int status = post();
        double took = (System.nanoTime() - began) / 1e6;
        if (status == 200) {
          answered.add(took);
        } else if (status == 503) {
          refused.add(took);
          Thread.sleep(pause);
        } else {
          failures.add("status " + status);
        }
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private String question() {
    JsonObject question = new JsonObject();
    question.addProperty("prompt", prompt);
    question.addProperty("seed", seeds.getAndIncrement());
    return question.toString();
  }

  private int post() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/answer"))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(question()))
            .build();
    return http.send(request, BodyHandlers.ofString()).statusCode();
  }

  /** What the service holds, and how far it got. */
  private String state() throws InterruptedException {
    String metrics;
    try {
      metrics = metrics();
    } catch (IOException e) {
      failures.add("metrics: " + e);
      metrics = "";
    }
    return String.format(
        Locale.ROOT,
        "%s KiB resident, %s descriptors, %s connections, %d answered, %d refused, %d failed",
        metric(metrics, RESIDENT).map(bytes -> String.valueOf(bytes / 1024)).orElse("?"),
        metric(metrics, DESCRIPTORS).map(String::valueOf).orElse("?"),
        metric(metrics, CONNECTIONS).map(String::valueOf).orElse("?"),
        answered.size(),
        refused.size(),
        failures.size());
  }

  private String metrics() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url.resolve("/metrics")).timeout(TIMEOUT).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  private static Optional<Long> metric(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> Long.parseLong(line.substring(name.length())))
        .findFirst();
  }

  /** How many, and milliseconds they took. */
  private static String summary(String what, Iterable<Double> taken) {
    double[] sorted = Streams.stream(taken).mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0
        ? what + ": 0"
        : String.format(
            Locale.ROOT,
            "%s: %d, in ms: median %.1f, 95 %% %.1f, 99 %% %.1f, most %.1f",
            what,
            sorted.length,
            ServiceMetrics.quantile(sorted, 0.5),
            ServiceMetrics.quantile(sorted, 0.95),
            ServiceMetrics.quantile(sorted, 0.99),
            ServiceMetrics.quantile(sorted, 1));
  }
}
