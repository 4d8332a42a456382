package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
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
