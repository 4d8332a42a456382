package org.dpo4j.examples.cli;

import java.util.Optional;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.api.data.RatingMargins;
import picocli.CommandLine.Option;

/** What ratings are worth as margins. */
final class MarginOptions implements Checked {

  @Option(
      names = "--margin-per-spread",
      paramLabel = "NATS",
      description =
          "Make margins of ratings: so much for a difference of one spread, the root mean square of the rating"
              + " differences of --data. Without it ratings make none.")
  Optional<Double> perSpread = Optional.empty();

  @Option(
      names = "--margin-per-point",
      paramLabel = "NATS",
      description = "Or so much for a point of rating.")
  Optional<Double> perPoint = Optional.empty();

  @Override
  public void check() {
    Optional<RatingMargins> unused = rule();
  }

  /** The rule, if one is asked for. */
  Optional<RatingMargins> rule() {
    if (perSpread.isPresent() && perPoint.isPresent()) {
      throw new IllegalArgumentException(
          "--margin-per-spread and --margin-per-point exclude each other");
    }
    return perSpread.isPresent()
        ? perSpread.map(RatingMargins::ofSpread)
        : perPoint.map(RatingMargins::perPoint);
  }

  /** Refuses to ask for margins where they would change nothing. */
  void requireUsed(boolean uses, String what) {
    if (rule().isPresent() && !uses) {
      throw new IllegalArgumentException(
          "--margin-per-spread and --margin-per-point make margins, which "
              + what
              + " does not use");
    }
  }

  /**
   * Files with the rule.
   *
   * @param learnt what is learnt from, if these are others: their ratings count as its
   */
  PreferenceFiles applyTo(PreferenceFiles files, Optional<DataSummary> learnt) {
    Optional<RatingMargins> rule = rule();
    Optional<DataSummary.Ratings> ratings = learnt.flatMap(DataSummary::ratings);
    return rule.isEmpty()
        ? files
        : files.margins(ratings.map(rule.get()::inPointsOf).orElse(rule.get()));
  }
}
