package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Locale;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.RankedExample;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.backend.Tokenizer;

/**
 * What a model reads of an example, whatever is known of it beside.
 *
 * @param id the example's
 * @param prompt text or chat
 * @param completions one or more; a pair's chosen one first
 */
record Example(String id, Text prompt, List<Text> completions) {

  static Example of(PreferencePair pair) {
    return new Example(pair.id(), pair.prompt(), List.of(pair.chosen(), pair.rejected()));
  }

  static Example of(RankedExample ranked) {
    return new Example(ranked.id(), ranked.prompt(), ranked.completions());
  }

  static Example of(UnpairedExample unpaired) {
    return new Example(unpaired.id(), unpaired.prompt(), List.of(unpaired.completion()));
  }

  static Example of(SftExample demonstration) {
    return new Example(
        demonstration.id(), demonstration.prompt(), List.of(demonstration.completion()));
  }

  PromptGroup encode(Tokenizer tokenizer) {
    return tokenize(tokenizer).group();
  }

  Tokenized tokenize(Tokenizer tokenizer) {
    try {
      return tokenizer.tokenize(prompt, completions);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(id + ": " + e.getMessage(), e);
    }
  }

  /** What is said of prompts that end before their own last token. */
  static String cutEarly(int count, int all) {
    return String.format(
        Locale.ROOT,
        "%d of %d with a prompt cut where its completions leave its tokens as they are",
        count,
        all);
  }
}
