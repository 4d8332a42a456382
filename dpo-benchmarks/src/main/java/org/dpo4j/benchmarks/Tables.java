package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What was measured, as Markdown. */
final class Tables {

  private static final double GIGA = 1e9;
  private static final double MEBIBYTE = 1 << 20;

  private Tables() {}

  /** dpo4j's own figures. */
  static String ours(Map<Setting, Measurement> measured) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        ImmutableList.of(
            "setting",
            "pairs",
            "tokens",
            "s total",
            "s first step",
            "s/pair then",
            "tokens/s then",
            "peak MiB",
            "GFLOP/s",
            "matmul GFLOP/s before, after",
            "share",
            "with recomputed",
            "last loss"));
    measured.forEach((setting, measurement) -> rows.add(row(setting, measurement)));
    return table(rows);
  }

  private static List<String> row(Setting setting, Measurement measurement) {
    Timing timing = measurement.timing();
    Work total = measurement.total();
    Work warm = measurement.warm();
    return ImmutableList.of(
        setting.label(),
        String.valueOf(total.pairs()),
        String.valueOf(total.tokens()),
        fixed(1, timing.total())
            + (setting == Setting.CACHED ? " + " + fixed(1, measurement.prepared()) : ""),
        fixed(2, timing.seconds().get(0)),
        fixed(3, timing.warm() / warm.pairs()),
        fixed(1, warm.tokens() / timing.warm()),
        mebibytes(timing),
        fixed(1, warm.useful() / timing.warm() / GIGA),
        fixed(1, measurement.rateBefore() / GIGA) + ", " + fixed(1, measurement.rateAfter() / GIGA),
        percent(measurement.share(false))
            + (setting == Setting.LIVE
                ? verdict(
                    "≥ " + percent(Comparison.SHARE), measurement.share(false) >= Comparison.SHARE)
                : ""),
        setting == Setting.CHECKPOINTED ? percent(measurement.share(true)) : "",
        fixed(4, timing.lastLoss()));
  }

  /** dpo4j beside TRL, for the settings that both were measured in. */
  static String comparisons(Map<Setting, Measurement> ours, Map<Setting, Timing> peers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        ImmutableList.of(
            "dpo4j",
            "TRL",
            "s total",
            "TRL's",
            "times faster",
            "after the first step",
            "peak MiB",
            "TRL's",
            "share of it",
            "last loss",
            "TRL's"));
    for (Comparison comparison : Comparison.ALL) {
      Optional<Measurement> mine = Optional.ofNullable(ours.get(comparison.ours()));
      Optional<Timing> peer = Optional.ofNullable(peers.get(comparison.peer()));
      if (mine.isPresent() && peer.isPresent()) {
        rows.add(row(comparison, mine.get().timing(), peer.get()));
      }
    }
    return table(rows);
  }

  private static List<String> row(Comparison comparison, Timing mine, Timing peer) {
    double share = (double) mine.peakBytes() / peer.peakBytes();
    return ImmutableList.of(
        comparison.ours().label(),
        comparison.peer().label(),
        fixed(1, mine.total()),
        fixed(1, peer.total()),
        atLeast(comparison.speed(), peer.total() / mine.total()),
        atLeast(comparison.speed(), peer.warm() / mine.warm()),
        mebibytes(mine),
        mebibytes(peer),
        atMost(comparison.memory(), share),
        fixed(4, mine.lastLoss()),
        fixed(4, peer.lastLoss()));
  }

  /** Seconds of every step, for whoever asks what the sums are made of. */
  static String steps(Map<Setting, Measurement> ours, Map<Setting, Timing> peers) {
    StringBuilder text = new StringBuilder("Seconds of each step:\n\n");
    ours.forEach(
        (setting, measurement) -> {
          text.append(steps(setting, "dpo4j", measurement.timing()));
          Optional.ofNullable(peers.get(setting))
              .ifPresent(peer -> text.append(steps(setting, "TRL", peer)));
        });
    return text.toString();
  }

  private static String steps(Setting setting, String who, Timing timing) {
    return String.format(
        Locale.ROOT,
        "- %s, %s: %s%n",
        setting.label(),
        who,
        timing.seconds().stream().map(value -> fixed(2, value)).collect(Collectors.joining(", ")));
  }

  private static String atLeast(OptionalDouble target, double value) {
    return fixed(2, value)
        + (target.isEmpty()
            ? ""
            : verdict("≥ " + target.getAsDouble(), value >= target.getAsDouble()));
  }

  private static String atMost(OptionalDouble target, double value) {
    return fixed(3, value)
        + (target.isEmpty()
            ? ""
            : verdict("≤ " + target.getAsDouble(), value <= target.getAsDouble()));
  }

  private static String verdict(String target, boolean met) {
    return " (" + target + (met ? " met)" : " missed)");
  }

  private static String mebibytes(Timing timing) {
    return fixed(0, timing.peakBytes() / MEBIBYTE);
  }

  private static String percent(double share) {
    return fixed(1, 100 * share) + " %";
  }

  private static String fixed(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static String table(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|")
            .append(String.join("|", Collections.nCopies(rows.get(0).size(), "---")))
            .append("|\n");
      }
    }
    return text.toString();
  }
}
