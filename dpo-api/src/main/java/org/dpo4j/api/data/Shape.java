package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * What examples are made of judgements.
 *
 * @param <E> what an example is
 */
sealed interface Shape<E> permits DemonstrationShape, PairShape, RankingShape, ThumbShape {

  /**
   * The texts of an example.
   *
   * @param prompt may be empty
   * @param completions at least one
   */
  record Parts(Text prompt, ImmutableList<Text> completions) {}

  /**
   * By how much an example's first completion is better.
   *
   * @param margin in nats, as the data says
   * @param ratingGap in points
   */
  record Strength(OptionalDouble margin, OptionalDouble ratingGap) {
    static final Strength UNKNOWN = new Strength(OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** What the examples are called, in the plural. */
  String noun();

  /** Whether examples can be made of such judgements. */
  boolean accepts(Judgement.Kind kind);

  /**
   * The examples of a judgement, without ids.
   *
   * @throws SkippedException if there are none
   */
  Examples<E> of(Judgement judgement) throws SkippedException;

  /** An example under a name. */
  E named(E example, String id);

  /** An example's texts. */
  Parts parts(E example);

  /** What is known of an example beyond its order. */
  default Strength strength(E example) {
    return Strength.UNKNOWN;
  }

  /** Refuses completions that teach nothing. */
  static void requireDistinct(List<Text> completions) throws SkippedException {
    if (completions.stream().anyMatch(Shape::isBlank)) {
      throw new SkippedException(SkipReason.EMPTY, "a completion is blank");
    }
    if (completions.stream().distinct().count() < completions.size()) {
      throw new SkippedException(SkipReason.IDENTICAL, "two completions are the same");
    }
  }

  private static boolean isBlank(Text text) {
    return text instanceof Text.Chat chat
        ? chat.messages().stream().allMatch(Message::isBlank)
        : ((Text.Plain) text).text().isBlank();
  }
}
