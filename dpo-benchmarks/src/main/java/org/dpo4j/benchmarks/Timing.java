package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Locale;
import org.dpo4j.core.math.Check;

/**
 * What a process that trained says of it, in one line of JSON: dpo4j's and TRL's alike.
 *
 * @param name of the setting
 * @param seconds of each step; the first warms up
 * @param losses of each step: both do the same if these are alike
 * @param peakBytes the most memory it had resident
 * @param threads its tensor library computed with
 */
record Timing(String name, List<Double> seconds, List<Double> losses, long peakBytes, int threads) {

  /** Checks that the first step can be told apart. */
  Timing {
    Check.that(seconds.size() >= 2, "seconds must be of at least 2 steps, got %s", seconds);
    seconds = ImmutableList.copyOf(seconds);
    losses = ImmutableList.copyOf(losses);
  }

  /**
   * Reads the line.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Timing parse(String line) {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      for (String field : List.of("name", "seconds", "losses", "peakBytes", "threads")) {
        Check.that(json.has(field), "field %s is missing", field);
      }
      return new Gson().fromJson(json, Timing.class);
    } catch (JsonParseException | IllegalArgumentException | IllegalStateException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a measurement must be a line of JSON (%s), got: %s",
              e.getMessage(),
              line),
          e);
    }
  }

  double total() {
    return seconds.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Seconds of all steps but the first. */
  double warm() {
    return total() - seconds.get(0);
  }

  double lastLoss() {
    return losses.get(losses.size() - 1);
  }
}
