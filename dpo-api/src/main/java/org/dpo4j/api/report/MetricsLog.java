package org.dpo4j.api.report;

import com.google.common.collect.ImmutableMap;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.api.files.JsonFields;

/**
 * What {@code metrics.jsonl} says, read as it grows: each line once, and of many lines what can be
 * drawn of them. So a picture costs the same however long the run, in time and in memory.
 */
final class MetricsLog {

  private static final String STEP = "step";
  private static final String TIME = "time";
  private static final int PIECE = 1 << 16;

  /** Curves of up to so many steps are drawn from every one of them. */
  private static final int MOST_POINTS = 4096;

  /** A metric so far. */
  private static final class Curve {
    private final Thinning points = new Thinning(MOST_POINTS);
    private double last;
  }

  private final Path file;
  private final Map<String, Curve> curves = new LinkedHashMap<>();
  private long bytesRead;
  private int linesRead;
  private int steps;
  private int skipped;
  private double seconds;

  MetricsLog(Path file) {
    this.file = file;
  }

  /**
   * Reads what has come since the last time. A last line that is not whole, as a killed process
   * leaves it, is left for the next.
   *
   * @throws IOException if it can't be read, or a line is none of a run
   */
  void readOn() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (InputStream in = new FileInputStream(file.toFile())) {
      in.skipNBytes(bytesRead);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] piece = new byte[PIECE];
      for (int length = in.read(piece); length > 0; length = in.read(piece)) {
        int from = 0;
        for (int i = 0; i < length; i++) {
          if (piece[i] == '\n') {
            line.write(piece, from, i - from);
            next(line.toString(StandardCharsets.UTF_8));
            bytesRead += line.size() + 1L;
            line.reset();
            from = i + 1;
          }
        }
        line.write(piece, from, length - from);
      }
    }
  }

  private void next(String text) throws IOException {
    linesRead++;
    if (text.isBlank()) {
      return;
    }
    JsonFields line = JsonFields.parse(text, file + ":" + linesRead);
    int step = line.count(STEP);
    steps = Math.max(steps, step);
    seconds = line.has(TIME) ? line.number(TIME) : seconds;
    if (line.has("skipped")) {
      skipped++;
      return;
    }
    for (String name : line.names()) {
      if (!name.equals(STEP) && !name.equals(TIME)) {
        Curve curve = curves.computeIfAbsent(name, unused -> new Curve());
        curve.last = line.number(name);
        curve.points.add(step, curve.last);
      }
    }
  }

  /** Metrics by name, in the order in which they first came. */
  ImmutableMap<String, Series> series() {
    ImmutableMap.Builder<String, Series> series = ImmutableMap.builder();
    curves.forEach((name, curve) -> series.put(name, curve.points.series(name)));
    return series.buildOrThrow();
  }

  /** The last value of each metric, NaN and infinite too; in the same order. */
  ImmutableMap<String, Double> lastValues() {
    ImmutableMap.Builder<String, Double> last = ImmutableMap.builder();
    curves.forEach((name, curve) -> last.put(name, curve.last));
    return last.buildOrThrow();
  }

  /** The last step, 0 before the first. */
  int steps() {
    return steps;
  }

  /** Steps that were skipped. */
  int skipped() {
    return skipped;
  }

  /** Of training so far. */
  double seconds() {
    return seconds;
  }
}
