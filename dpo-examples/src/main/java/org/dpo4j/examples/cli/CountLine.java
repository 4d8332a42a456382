package org.dpo4j.examples.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a command is that does the same for many, on standard error: a line every few seconds, so
 * that a short one says nothing.
 */
final class CountLine {

  private static final long BETWEEN_LINES = 5_000_000_000L;

  private final String what;
  private final int all;
  private final PrintWriter err;
  private final LongSupplier nanoTime;
  private final long begin;
  private long lastLine;

  CountLine(String what, int all, PrintWriter err, LongSupplier nanoTime) {
    this.what = what;
    this.all = all;
    this.err = err;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
    this.lastLine = begin;
  }

  static CountLine of(String what, int all, PrintWriter err) {
    return new CountLine(what, all, err, System::nanoTime);
  }

  /** Says so, if it is time. */
  void done(int count) {
    long now = nanoTime.getAsLong();
    if (count == 0 || now - lastLine < BETWEEN_LINES) {
      return;
    }
    lastLine = now;
    double left = (now - begin) / 1e9 / count * (all - count);
    err.printf(
        Locale.ROOT, "%d of %d %s  %s left%n", count, all, what, ProgressLine.duration(left));
  }
}
