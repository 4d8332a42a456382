package org.dpo4j.api.data;

import java.util.Locale;
import java.util.Optional;
import org.dpo4j.api.SkipReason;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;

/**
 * How long examples may be, in tokens.
 *
 * @param tokenizer the model's
 * @param maxPromptTokens ≥ 0
 * @param maxTokens of the prompt with its longest completion, ≥ 1
 */
record TokenLimits(Tokenizer tokenizer, int maxPromptTokens, int maxTokens) {

  TokenLimits {
    Check.that(maxPromptTokens >= 0, "maxPromptTokens must be ≥ 0, got %d", maxPromptTokens);
    Check.atLeastOne("maxTokens", maxTokens);
  }

  /** Why an example does not fit, if it does not. */
  Optional<Examples.Skip> problem(Shape.Parts parts) {
    PromptGroup group;
    try {
      group = tokenizer.encode(parts.prompt(), parts.completions());
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new Examples.Skip(SkipReason.NOT_TOKENIZABLE, String.valueOf(e.getMessage())));
    }
    int prompt = group.prompt().length();
    if (prompt > maxPromptTokens) {
      return skip(SkipReason.PROMPT_TOO_LONG, "the prompt has", prompt, maxPromptTokens);
    }
    int longest =
        group.completions().stream().mapToInt(completion -> completion.length()).max().orElse(0);
    return prompt + longest > maxTokens
        ? skip(SkipReason.TOO_LONG, "prompt and completion have", prompt + longest, maxTokens)
        : Optional.empty();
  }

  private static Optional<Examples.Skip> skip(SkipReason reason, String what, int got, int most) {
    return Optional.of(
        new Examples.Skip(
            reason,
            String.format(
                Locale.ROOT, "%s %d tokens, and at most %d are wanted", what, got, most)));
  }
}
