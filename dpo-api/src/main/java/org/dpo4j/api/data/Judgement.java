package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Text;

/** What somebody said about completions of a prompt. */
sealed interface Judgement {

  /** What was answered; may be empty. */
  Text prompt();

  /** The same judgement of answers to another prompt. */
  Judgement withPrompt(Text newPrompt);

  /** What kinds of judgements a format holds. */
  enum Kind {
    PREFERENCES("preferences"),
    SCORES("scores or ranks"),
    THUMBS("thumbs up or down"),
    DEMONSTRATIONS("demonstrations");

    private final String shown;

    Kind(String shown) {
      this.shown = shown;
    }

    @Override
    public String toString() {
      return shown;
    }
  }

  /**
   * One completion is better than another.
   *
   * @param prompt may be empty
   * @param chosen the better one
   * @param rejected the other
   * @param strength what else is known
   */
  record Preference(Text prompt, Text chosen, Text rejected, Strength strength)
      implements Judgement {
    @Override
    public Judgement withPrompt(Text newPrompt) {
      return new Preference(newPrompt, chosen, rejected, strength);
    }
  }

  /**
   * What is known of a preference beyond its direction.
   *
   * @param margin in nats, as the data says
   * @param points the chosen one's rating less the rejected one's, ≥ 0
   * @param agreement share of annotators who agree
   * @param weight of the pair
   * @param tags of the pair
   */
  record Strength(
      OptionalDouble margin,
      OptionalDouble points,
      OptionalDouble agreement,
      double weight,
      ImmutableSet<String> tags) {

    static final Strength UNKNOWN =
        new Strength(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            1.0,
            ImmutableSet.of());

    Strength withPoints(double newPoints) {
      return new Strength(margin, OptionalDouble.of(newPoints), agreement, weight, tags);
    }

    Strength timesWeight(double factor) {
      return new Strength(margin, points, agreement, factor * weight, tags);
    }

    Strength withAgreement(OptionalDouble newAgreement) {
      return new Strength(margin, points, newAgreement, weight, tags);
    }
  }

  /**
   * Completions with a number each.
   *
   * @param prompt may be empty
   * @param completions in the record's order
   * @param scores one a completion, the higher the better
   * @param areRatings whether differences of scores mean something; if not they only order
   */
  record Scores(
      Text prompt,
      ImmutableList<Text> completions,
      ImmutableList<Double> scores,
      boolean areRatings)
      implements Judgement {

    private static final int MOST = 256;

    @Override
    public Judgement withPrompt(Text newPrompt) {
      return new Scores(newPrompt, completions, scores, areRatings);
    }

    static Scores ratings(Text prompt, List<Text> completions, List<Double> scores) {
      return new Scores(
          prompt, ImmutableList.copyOf(completions), ImmutableList.copyOf(scores), true);
    }

    /**
     * Refuses what can't be compared, or would be compared without end: pairs grow as the square.
     */
    void requireComparable() throws SkippedException {
      if (scores.size() < 2) {
        throw new SkippedException(
            SkipReason.UNLABELLED, "a completion has none to be compared with");
      }
      if (scores.size() > MOST) {
        throw SkippedException.malformed(
            String.format(
                Locale.ROOT, "must have at most %d completions, got %d", MOST, scores.size()));
      }
    }

    /** From ranks, of which 1 is the best. */
    static Scores ranks(Text prompt, List<Text> completions, List<Double> ranks) {
      return new Scores(
          prompt,
          ImmutableList.copyOf(completions),
          ranks.stream().map(rank -> -rank).collect(ImmutableList.toImmutableList()),
          false);
    }
  }

  /**
   * One completion, liked or not.
   *
   * @param prompt may be empty
   * @param completion what was judged
   * @param desirable whether it was liked
   * @param weight of the example
   * @param tags of the example
   */
  record Thumb(
      Text prompt, Text completion, boolean desirable, double weight, ImmutableSet<String> tags)
      implements Judgement {
    @Override
    public Judgement withPrompt(Text newPrompt) {
      return new Thumb(newPrompt, completion, desirable, weight, tags);
    }
  }

  /**
   * A completion to imitate, with nothing to compare it with.
   *
   * @param prompt may be empty
   * @param completion what to imitate
   * @param weight of the example
   */
  record Demonstration(Text prompt, Text completion, double weight) implements Judgement {
    @Override
    public Judgement withPrompt(Text newPrompt) {
      return new Demonstration(newPrompt, completion, weight);
    }
  }
}
