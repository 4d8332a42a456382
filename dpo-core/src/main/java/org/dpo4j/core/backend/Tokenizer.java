package org.dpo4j.core.backend;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;

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
   * Turns ids into text.
   *
   * @param ids ids this tokenizer gave
   * @return the text, special tokens left out
   * @throws IllegalArgumentException if an id is not in the vocabulary
   */
  String decode(ImmutableIntArray ids);
}
