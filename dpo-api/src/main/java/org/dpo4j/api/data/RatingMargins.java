package org.dpo4j.api.data;

import org.dpo4j.api.DataSummary;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.core.math.Check;

/**
 * What ratings are worth as margins. A rating is in its data's own points, which may be 1 to 5 or 0
 * to 100, a margin in units of reward (nats), so that it has to be said how the one becomes the
 * other. Losses that use margins then subtract them from the difference of rewards (offset DPO).
 *
 * @param nats of margin for one unit, ≥ 0 and finite
 * @param unit of ratings
 */
public record RatingMargins(double nats, Unit unit) {

  /** In what differences of ratings are counted. */
  public enum Unit {
    /**
     * The data's own spread: the root mean square of the rating differences of its pairs. Ratings
     * times ten make the same margins.
     */
    SPREAD,
    /** A point of rating, as the data has it. */
    POINT
  }

  /** Checks the range. */
  public RatingMargins {
    Check.nonNegative("nats", nats);
  }

  /**
   * Margins in the data's own spread: a pair whose ratings differ as much as those of the data's
   * pairs do (root mean square) gets these nats. 0.5 is a modest choice: β times a log-ratio is
   * rarely above a few nats.
   *
   * @param nats a spread, ≥ 0
   * @return the rule
   * @throws IllegalArgumentException if it is out of range
   */
  public static RatingMargins ofSpread(double nats) {
    return new RatingMargins(nats, Unit.SPREAD);
  }

  /**
   * Margins of so many nats a point of rating.
   *
   * @param nats a point, ≥ 0
   * @return the rule
   * @throws IllegalArgumentException if it is out of range
   */
  public static RatingMargins perPoint(double nats) {
    return new RatingMargins(nats, Unit.POINT);
  }

  /**
   * The same margins for other data, such as what is held out, whose own spread is another.
   *
   * @param ratings of the data in whose spread these are
   * @return in nats a point
   * @throws IllegalArgumentException if all ratings are the same, so that there is no spread
   */
  public RatingMargins inPointsOf(DataSummary.Ratings ratings) {
    if (unit == Unit.POINT) {
      return this;
    }
    Check.that(
        ratings.spread() > 0,
        "margins in the spread of the ratings need ratings that differ, got %d pairs rated the same",
        ratings.pairs());
    return perPoint(nats / ratings.spread());
  }

  /** Gives the pairs that are rated, and have no margin of their own, one. */
  PreferenceDataset applied(PreferenceDataset pairs, DataSummary source) {
    DataSummary.Ratings ratings =
        source
            .ratings()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "margins of ratings need ratings, and none of these pairs has any: "
                            + source));
    double point = inPointsOf(ratings).nats();
    return pairs.map(
        pair ->
            pair.margin().isPresent() || pair.ratingGap().isEmpty()
                ? pair
                : pair.withMargin(point * pair.ratingGap().getAsDouble()));
  }
}
