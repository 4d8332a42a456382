package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Turns text into the token ids a model would see at inference, and back. Stateless: safe to call
 * from several threads.
 */
public interface Tokenizer {

  /**
   * Renders and tokenizes a prompt with its completions. Each completion is tokenized in the
   * prompt's context and ends as the model would end it.
   *
   * @param prompt plain text or a chat
   * @param completions at least one
   * @return the prompt's ids once and each completion's
   * @throws IllegalArgumentException if the text can't be rendered or tokenized; the message names
   *     what and why
   */
  PromptGroup encode(Text prompt, List<Text> completions);

  /**
   * The same, with what is to be known of how it was done.
   *
   * @param prompt as above
   * @param completions as above
   * @return the ids, which {@link #encode} gives, and more
   * @throws IllegalArgumentException as above
   */
  default Tokenized tokenize(Text prompt, List<Text> completions) {
    return Tokenized.of(encode(prompt, completions));
  }

  /**
   * Whether chats can be written: whether the model has a chat template.
   *
   * @return false by default
   */
  default boolean rendersChats() {
    return false;
  }

  /**
   * Whether texts are written with a date, today's unless {@link #asOf} names another: so does the
   * chat template of some models.
   *
   * @return true if the ids of a text depend on the date
   */
  default boolean writesDate() {
    return false;
  }

  /**
   * The date that texts are written with.
   *
   * @return the one that was named; empty for that of the day, or where none is written
   */
  default Optional<LocalDate> date() {
    return Optional.empty();
  }

  /**
   * This tokenizer on a day. A run keeps to the day of its start, so that it meets the same ids
   * when it goes on.
   *
   * @param date what texts are written with
   * @return a view of this, which needs no closing; this one where no date is written
   */
  default Tokenizer asOf(LocalDate date) {
    return this;
  }

  /**
   * What decides about ids beside text and vocabulary: a run that goes on must be equal in it.
   *
   * @return values by name; none where there is nothing to choose
   */
  default ImmutableMap<String, String> settings() {
    return ImmutableMap.of();
  }

  /**
   * Turns ids into text.
   *
   * @param ids ids this tokenizer gave
   * @return the text, special tokens left out
   * @throws IllegalArgumentException if an id is not in the vocabulary
   */
  String decode(ImmutableIntArray ids);
}
