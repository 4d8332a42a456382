package org.dpo4j.api.reward;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;

/**
 * A prompt and texts that may answer it.
 *
 * @param prompt plain text or a chat
 * @param texts at least one; what follows a plain prompt, or what the assistant says in a chat
 * @param tokens the same as token ids, if they are known: what was drawn, say
 */
public record Candidates(Text prompt, ImmutableList<String> texts, Optional<PromptGroup> tokens) {

  /** Checks that there is something to choose from. */
  public Candidates {
    Check.that(!texts.isEmpty(), "texts must have at least one candidate, got none");
    tokens.ifPresent(
        group ->
            Check.that(
                group.completions().size() == texts.size(),
                "tokens must have one completion a text (%d), got %d",
                texts.size(),
                group.completions().size()));
  }

  /**
   * Candidates as texts.
   *
   * @param prompt plain text or a chat
   * @param texts at least one
   * @return the candidates, their tokens not known
   */
  public static Candidates of(Text prompt, List<String> texts) {
    return new Candidates(prompt, ImmutableList.copyOf(texts), Optional.empty());
  }

  /**
   * Candidates that were drawn as tokens.
   *
   * @param prompt plain text or a chat
   * @param texts at least one
   * @param tokens the prompt's ids and each text's
   * @return the candidates
   */
  public static Candidates of(Text prompt, List<String> texts, PromptGroup tokens) {
    return new Candidates(prompt, ImmutableList.copyOf(texts), Optional.of(tokens));
  }

  /**
   * The token ids: those known, or else as a tokenizer makes them, each text ended as the model
   * would end it.
   *
   * @param tokenizer of the model that is to score them
   * @return the group
   * @throws IllegalArgumentException if a text can't be rendered or tokenized
   */
  public PromptGroup tokens(Tokenizer tokenizer) {
    return tokens.orElseGet(
        () -> tokenizer.encode(prompt, texts.stream().map(this::answer).toList()));
  }

  private Text answer(String text) {
    return prompt instanceof Text.Chat ? Text.of(List.of(Message.assistant(text))) : Text.of(text);
  }
}
