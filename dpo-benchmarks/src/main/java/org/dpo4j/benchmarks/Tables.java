package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
        percent(measurement.share(false)),
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
            "target",
            "after the first step",
            "peak MiB",
            "TRL's",
            "share of it",
            "target",
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
    double faster = peer.total() / mine.total();
    double share = (double) mine.peakBytes() / peer.peakBytes();
    return ImmutableList.of(
        comparison.ours().label(),
        comparison.peer().label(),
        fixed(1, mine.total()),
        fixed(1, peer.total()),
        fixed(2, faster),
        comparison.speed().isEmpty()
            ? ""
            : target(
                "≥ ", comparison.speed().getAsDouble(), faster >= comparison.speed().getAsDouble()),
        fixed(2, peer.warm() / mine.warm()),
        mebibytes(mine),
        mebibytes(peer),
        fixed(3, share),
        comparison.memory().isEmpty()
            ? ""
            : target(
                "≤ ",
                comparison.memory().getAsDouble(),
                share <= comparison.memory().getAsDouble()),
        fixed(4, mine.lastLoss()),
        fixed(4, peer.lastLoss()));
  }

  private static String target(String relation, double value, boolean met) {
    return relation + value + (met ? " met" : " missed");
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
