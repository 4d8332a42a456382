package org.dpo4j.examples.service;

import com.google.common.primitives.Longs;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a service counts, as Prometheus reads it. */
final class ServiceMetrics {

  private static final String STATUS = "/proc/self/status";

  /** Answers that quantiles are of: the last ones. */
  private static final int WINDOW = 1024;

  final LongAdder requests = new LongAdder();
  final LongAdder answered = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final AtomicInteger inFlight = new AtomicInteger();

  private final LongAdder tokens = new LongAdder();
  private final AtomicLong nanos = new AtomicLong();
  private final double[] recent = new double[WINDOW];
  private int measured;

  /** An answer that was given. */
  void answered(int drawn, long took) {
    answered.increment();
    tokens.add(drawn);
    nanos.addAndGet(took);
    synchronized (recent) {
      recent[measured++ % WINDOW] = took / 1e9;
      if (measured == 2 * WINDOW) {
        measured = WINDOW;
      }
    }
  }

  /** Seconds of the last answers, sorted. */
  private double[] sorted() {
    synchronized (recent) {
      double[] copy = Arrays.copyOf(recent, Math.min(measured, WINDOW));
      Arrays.sort(copy);
      return copy;
    }
  }

  /** The value at a share of the way from the least to the most; NaN of none. */
  static double quantile(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
  }

  /** Of the last answers; 0 before the first. */
  double medianSeconds() {
    double median = quantile(sorted(), 0.5);
    return Double.isNaN(median) ? 0 : median;
  }

  /**
   * All of it.
   *
   * @param waiting questions that wait
   * @param connections that are open
   */
  String text(int waiting, int connections) {
    StringBuilder text = new StringBuilder();
    counter(text, "requests", "Questions that came in.", requests);
    counter(text, "answered", "Questions that were answered.", answered);
    counter(text, "refused", "Questions refused because too many waited.", refused);
    counter(text, "rejected", "Questions that were malformed or can't be answered.", rejected);
    counter(text, "failed", "Questions whose answer failed.", failed);
    counter(text, "dropped", "Requests whose client went away.", dropped);
    counter(text, "tokens", "Tokens of all candidates that were drawn.", tokens);
    gauge(text, "dpo_answer_in_flight", "Questions being answered.", inFlight.get());
    gauge(text, "dpo_answer_waiting", "Questions that wait.", waiting);
    gauge(text, "dpo_answer_connections", "Connections that are open.", connections);
    double[] sorted = sorted();
    header(text, "dpo_answer_seconds", "Seconds from question to answer.", "summary");
    for (double share : new double[] {0.5, 0.95, 0.99}) {
      text.append(
          String.format(
              Locale.ROOT,
              "dpo_answer_seconds{quantile=\"%s\"} %s\n",
              share,
              quantile(sorted, share)));
    }
    text.append("dpo_answer_seconds_sum ").append(nanos.get() / 1e9).append('\n');
    text.append("dpo_answer_seconds_count ").append(answered.sum()).append('\n');
    openDescriptors()
        .ifPresent(open -> gauge(text, "process_open_fds", "Open file descriptors.", open));
    residentBytes()
        .ifPresent(
            bytes ->
                gauge(text, "process_resident_memory_bytes", "Resident memory in bytes.", bytes));
    return text.toString();
  }

  private static OptionalLong openDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? OptionalLong.of(unix.getOpenFileDescriptorCount())
        : OptionalLong.empty();
  }

  /** Where the kernel says. */
  private static OptionalLong residentBytes() {
    // Not by a channel, which an interrupt would close.
    try (FileInputStream in = new FileInputStream(STATUS)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> Longs.tryParse(line.replaceAll("\\D", "")))
          .mapToLong(kibibytes -> kibibytes * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static void counter(StringBuilder text, String name, String help, LongAdder value) {
    String whole = "dpo_answer_" + name + "_total";
    header(text, whole, help, "counter");
    text.append(whole).append(' ').append(value.sum()).append('\n');
  }

  private static void gauge(StringBuilder text, String name, String help, long value) {
    header(text, name, help, "gauge");
    text.append(name).append(' ').append(value).append('\n');
  }

  private static void header(StringBuilder text, String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}
