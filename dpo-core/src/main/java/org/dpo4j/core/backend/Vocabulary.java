package org.dpo4j.core.backend;

import com.google.common.collect.Iterables;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.math.Shown;

/** Whether token ids mean to a scorer what they meant to the tokenizer that made them. */
public final class Vocabulary {

  private Vocabulary() {}

  /**
   * What a scorer reads otherwise than a tokenizer wrote it. Special tokens, which say nothing, are
   * not compared.
   *
   * @param scorer may know whose ids it reads ({@link TokenScorer#vocabulary})
   * @param tokenizer that made the ids
   * @param group the ids
   * @return in words, to follow a "but"; empty if there is no difference or the scorer doesn't know
   */
  public static Optional<String> difference(
      TokenScorer scorer, Tokenizer tokenizer, PromptGroup group) {
    Optional<Tokenizer> own = scorer.vocabulary();
    if (own.isEmpty() || own.get() == tokenizer) {
      return Optional.empty();
    }
    for (ImmutableIntArray ids : Iterables.concat(List.of(group.prompt()), group.completions())) {
      String written = tokenizer.decode(ids);
      try {
        String read = own.get().decode(ids);
        if (!read.equals(written)) {
          return Optional.of(
              String.format("'%s' is '%s' to it", Shown.text(written), Shown.text(read)));
        }
      } catch (IllegalArgumentException e) {
        return Optional.of(String.format("its vocabulary is another: %s", e.getMessage()));
      }
    }
    return Optional.empty();
  }
}
