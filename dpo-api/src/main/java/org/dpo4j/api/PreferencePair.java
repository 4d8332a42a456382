package org.dpo4j.api;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.math.Check;

/**
 * A prompt, a completion that was preferred and one that was not. Immutable; each {@code with…}
 * returns a changed copy.
 *
 * @param id names the pair in messages; {@code ""} until given or set by the dataset
 * @param prompt plain text or messages; may be empty
 * @param chosen the preferred completion, not empty
 * @param rejected the other completion, not empty
 * @param margin by how much the chosen one's reward should be larger, in units of reward (nats), ≥
 *     0
 * @param ratingGap the chosen one's rating less the rejected one's, ≥ 0, in the data's own points;
 *     no loss reads it until it is made a margin, by {@code PreferenceFiles.margins} for instance
 * @param agreement share of annotators who agree with the label, in (½, 1]; 0.8 is a label noise of
 *     0.2
 * @param weight multiplies the pair's loss, ≥ 0; 1 by default
 * @param tags objectives or sources the pair belongs to, e.g. {@code helpful}; see {@link
 *     PreferenceDataset#mix}
 */
public record PreferencePair(
    String id,
    Text prompt,
    Text chosen,
    Text rejected,
    OptionalDouble margin,
    OptionalDouble ratingGap,
    OptionalDouble agreement,
    double weight,
    ImmutableSet<String> tags) {

  /** Checks the ranges. */
  public PreferencePair {
    String place = id.isEmpty() ? "" : String.format(Locale.ROOT, "pair '%s': ", id);
    Check.that(!chosen.isEmpty(), "%schosen must not be empty", place);
    Check.that(!rejected.isEmpty(), "%srejected must not be empty", place);
    margin.ifPresent(value -> Check.nonNegative(place + "margin", value));
    ratingGap.ifPresent(value -> Check.nonNegative(place + "ratingGap", value));
    agreement.ifPresent(
        value ->
            Check.that(
                value > 0.5 && value <= 1,
                "%sagreement must be in (0.5, 1], got %s",
                place,
                value));
    Check.nonNegative(place + "weight", weight);
  }

  /**
   * A pair of plain texts.
   *
   * @param prompt taken as it is; may be empty
   * @param chosen the preferred continuation, white space included
   * @param rejected the other continuation
   * @return the pair
   * @throws IllegalArgumentException if a completion is empty
   */
  public static PreferencePair of(String prompt, String chosen, String rejected) {
    return of(Text.of(prompt), Text.of(chosen), Text.of(rejected));
  }

  /**
   * A pair of chats, rendered by the model's chat template.
   *
   * @param prompt the conversation so far, at least one message
   * @param chosen the preferred continuation
   * @param rejected the other continuation
   * @return the pair
   * @throws IllegalArgumentException if there is nothing in one of them
   */
  public static PreferencePair of(
      List<Message> prompt, List<Message> chosen, List<Message> rejected) {
    return of(Text.of(prompt), Text.of(chosen), Text.of(rejected));
  }

  private static PreferencePair of(Text prompt, Text chosen, Text rejected) {
    return new PreferencePair(
        "",
        prompt,
        chosen,
        rejected,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        1.0,
        ImmutableSet.of());
  }

  /**
   * This pair under a name.
   *
   * @param newId names the pair in messages
   * @return the changed pair
   */
  public PreferencePair withId(String newId) {
    return new PreferencePair(
        newId, prompt, chosen, rejected, margin, ratingGap, agreement, weight, tags);
  }

  /**
   * This pair with a margin.
   *
   * @param newMargin in units of reward (nats), ≥ 0
   * @return the changed pair
   */
  public PreferencePair withMargin(double newMargin) {
    return new PreferencePair(
        id,
        prompt,
        chosen,
        rejected,
        OptionalDouble.of(newMargin),
        ratingGap,
        agreement,
        weight,
        tags);
  }

  /**
   * This pair without a margin.
   *
   * @return the changed pair
   */
  public PreferencePair withoutMargin() {
    return new PreferencePair(
        id, prompt, chosen, rejected, OptionalDouble.empty(), ratingGap, agreement, weight, tags);
  }

  /**
   * This pair with how much higher the chosen completion is rated.
   *
   * @param newRatingGap in the data's own points, ≥ 0
   * @return the changed pair
   */
  public PreferencePair withRatingGap(double newRatingGap) {
    return new PreferencePair(
        id,
        prompt,
        chosen,
        rejected,
        margin,
        OptionalDouble.of(newRatingGap),
        agreement,
        weight,
        tags);
  }

  /**
   * This pair with the share of annotators who agree with its label.
   *
   * @param newAgreement in (½, 1]
   * @return the changed pair
   */
  public PreferencePair withAgreement(double newAgreement) {
    return new PreferencePair(
        id,
        prompt,
        chosen,
        rejected,
        margin,
        ratingGap,
        OptionalDouble.of(newAgreement),
        weight,
        tags);
  }

  /**
   * This pair with a weight.
   *
   * @param newWeight multiplies the pair's loss, ≥ 0
   * @return the changed pair
   */
  public PreferencePair withWeight(double newWeight) {
    return new PreferencePair(
        id, prompt, chosen, rejected, margin, ratingGap, agreement, newWeight, tags);
  }

  /**
   * This pair with other tags.
   *
   * @param newTags objectives or sources it belongs to
   * @return the changed pair
   */
  public PreferencePair withTags(String... newTags) {
    return new PreferencePair(
        id,
        prompt,
        chosen,
        rejected,
        margin,
        ratingGap,
        agreement,
        weight,
        ImmutableSet.copyOf(newTags));
  }

  /** What the objective is told about the pair. */
  PairLabel label() {
    PairLabel label = PairLabel.PLAIN.withWeight(weight).withMargin(margin.orElse(0.0));
    return agreement.isPresent() ? label.withNoise(1.0 - agreement.getAsDouble()) : label;
  }
}
