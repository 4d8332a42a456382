package org.dpo4j.core.backend;

import com.google.common.collect.Iterables;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dpo4j.core.math.Shown;

/** Whether token ids mean to one tokenizer what they meant to the one that made them. */
public final class Vocabulary {

  private Vocabulary() {}

  /**
   * What a reader takes for something else than was written. Special tokens, which say nothing, are
   * not compared.
   *
   * @param reader whose ids a scorer reads ({@link TokenScorer#vocabulary})
   * @param writer made the ids
   * @param group the ids
   * @return in words, to follow a "but"; empty if there is no difference
   */
  public static Optional<String> difference(Tokenizer reader, Tokenizer writer, PromptGroup group) {
    for (ImmutableIntArray ids : Iterables.concat(List.of(group.prompt()), group.completions())) {
      String written = writer.decode(ids);
      try {
        String read = reader.decode(ids);
        if (!read.equals(written)) {
          return Optional.of(
              String.format(
                  Locale.ROOT, "'%s' is '%s' to it", Shown.text(written), Shown.text(read)));
        }
      } catch (IllegalArgumentException e) {
        return Optional.of(
            String.format(Locale.ROOT, "its vocabulary is another: %s", e.getMessage()));
      }
    }
    return Optional.empty();
  }
}
