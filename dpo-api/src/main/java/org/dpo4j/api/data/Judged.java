package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/**
 * Records that hold one completion and what somebody said of it. What is judged is never imitated,
 * so one list of names says what a judgement is.
 */
final class Judged {

  /** Thumbs up or down. */
  static final ImmutableList<String> LABELS =
      ImmutableList.of(
          "label", "kto_tag", "thumbs", "thumb", "desirable", "is_desirable", "liked", "feedback");

  /** Numbers, the higher the better. */
  static final ImmutableList<String> RATINGS =
      ImmutableList.of(
          "helpfulness",
          "overall_score",
          "score",
          "rating",
          "reward",
          "overall_rating",
          "feedback");

  /**
   * What was judged.
   *
   * @param prompt may be empty
   * @param completion without it
   */
  record Answer(Text prompt, Text completion) {}

  private Judged() {}

  /** The column of a thumb: one value, which for {@code feedback} is no share of a thumb. */
  static Optional<String> label(Fields record) {
    return LABELS.stream()
        .filter(name -> record.peek(name).isJsonPrimitive() && record.says(name))
        .filter(name -> !(RATINGS.contains(name) && isShare(record, name)))
        .findFirst();
  }

  /** The column of a rating: one value. */
  static Optional<String> rating(Fields record) {
    return RATINGS.stream()
        .filter(name -> record.peek(name).isJsonPrimitive() && record.says(name))
        .filter(name -> !LABELS.contains(name) || record.hasNumber(name))
        .findFirst();
  }

  /** Whether there is one completion to judge, under a prompt or at a conversation's end. */
  static boolean hasAnswer(Fields record) {
    return isPair(record) || Conversations.column(record).isPresent();
  }

  /** That completion with its prompt. */
  static Answer answer(Fields record) throws SkippedException {
    if (isPair(record)) {
      return new Answer(Choices.prompt(record), Choices.completion(record));
    }
    List<Message> messages = Conversations.messages(record);
    Message last = messages.get(messages.size() - 1);
    if (messages.size() < 2 || !last.role().equals(Roles.ASSISTANT)) {
      throw SkippedException.malformed(
          "a conversation that is judged must end with a turn of the assistant after another"
              + " message, got one of '"
              + last.role()
              + "'");
    }
    return new Answer(Text.of(messages.subList(0, messages.size() - 1)), Text.of(List.of(last)));
  }

  /** Refuses what is judged in a file that was taken for demonstrations. */
  static void refuse(Fields record) throws SkippedException {
    Optional<String> judged = label(record).or(() -> rating(record));
    if (judged.isPresent()) {
      throw SkippedException.malformed(
          "is judged by '"
              + judged.get()
              + "', in a file whose first records are not; what is judged is not imitated");
    }
  }

  private static boolean isPair(Fields record) {
    return Choices.promptColumn(record).isPresent() && Choices.completionColumn(record).isPresent();
  }

  private static boolean isShare(Fields record, String name) {
    return record.hasNumber(name) && !ThumbLabels.isThumb(record.peek(name));
  }
}
