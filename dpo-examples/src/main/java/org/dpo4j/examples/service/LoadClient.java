package org.dpo4j.examples.service;

import com.google.common.collect.Streams;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clients that ask a service all the time, and what they got: a line every ten seconds with the
 * service's resident memory, and a summary.
 *
 * <p>{@code ./mvnw -q -pl dpo-examples exec:java
 * -Dexec.mainClass=org.dpo4j.examples.service.LoadClient -Dexec.args="--clients 32 --seconds 60"}
 */
@Command(name = "LoadClient", mixinStandardHelpOptions = true, sortOptions = false)
public final class LoadClient implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String RESIDENT = "process_resident_memory_bytes ";

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
      names = "--seconds",
      defaultValue = "60",
      description = "For how long (${DEFAULT-VALUE}).")
  private int seconds;

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

  private LoadClient() {}

  /**
   * Puts the load on and ends the process: with 0 if nothing failed, else 1.
   *
   * @param arguments {@code --help} lists them
   */
  public static void main(String... arguments) {
    System.exit(new CommandLine(new LoadClient()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    System.out.printf(Locale.ROOT, "%4d s: %s%n", 0, state());
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Thread thread = new Thread(() -> ask(end), "client-" + i);
      thread.start();
      threads.add(thread);
    }
    for (int at = 10; at <= seconds; at += 10) {
      Thread.sleep(10_000);
      System.out.printf(Locale.ROOT, "%4d s: %s%n", at, state());
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(summary("answered", answered));
    System.out.println(summary("refused", refused));
    System.out.printf(Locale.ROOT, "failed: %d%n", failures.size());
    failures.stream().limit(5).forEach(failure -> System.out.println("  " + failure));
    return failures.isEmpty() ? 0 : 1;
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

  private int post() throws IOException, InterruptedException {
    JsonObject question = new JsonObject();
    question.addProperty("prompt", prompt);
    question.addProperty("seed", seeds.getAndIncrement());
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/answer"))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(question.toString()))
            .build();
    return http.send(request, BodyHandlers.ofString()).statusCode();
  }

  /** What the service holds, and how far it got. */
  private String state() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url.resolve("/metrics")).timeout(TIMEOUT).build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    String resident =
        response
            .body()
            .lines()
            .filter(line -> line.startsWith(RESIDENT))
            .map(line -> Long.parseLong(line.substring(RESIDENT.length())) / 1024 + " KiB resident")
            .findFirst()
            .orElse("resident memory not known");
    return String.format(
        Locale.ROOT,
        "%s, %d answered, %d refused, %d failed",
        resident,
        answered.size(),
        refused.size(),
        failures.size());
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
