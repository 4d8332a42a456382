package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.function.Supplier;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.math.Check;

/**
 * An example as token ids.
 *
 * @param id the example's id
 * @param group its tokens: {@code [prompt | chosen | rejected]} of a pair, {@code [prompt |
 *     completion]} of an example to imitate
 * @param label what else is known about it; of an example to imitate, the weight
 */
record EncodedExample(String id, PromptGroup group, PairLabel label) {

  /** Tokenizes a pair; an error names it. */
  static EncodedExample of(PreferencePair pair, Tokenizer tokenizer) {
    return naming(
        "pair",
        pair.id(),
        () ->
            new EncodedExample(
                pair.id(),
                tokenizer.encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())),
                pair.label()));
  }

  /** Tokenizes an example to imitate; an error names it. */
  static EncodedExample of(SftExample example, SftLoss loss, Tokenizer tokenizer) {
    return naming(
        "example",
        example.id(),
        () -> {
          PromptGroup group = tokenizer.encode(example.prompt(), List.of(example.completion()));
          return new EncodedExample(
              example.id(),
              loss == SftLoss.FULL_SEQUENCE ? afterFirstToken(group) : group,
              PairLabel.PLAIN.withWeight(example.weight()));
        });
  }

  /** The whole sequence after its first token, which nothing precedes that could predict it. */
  private static PromptGroup afterFirstToken(PromptGroup group) {
    ImmutableIntArray sequence =
        ImmutableIntArray.builder(group.tokens())
            .addAll(group.prompt())
            .addAll(group.completions().get(0))
            .build();
    Check.that(
        sequence.length() >= 2,
        "a full sequence must have at least 2 tokens, since its first is not learnt, got %d",
        sequence.length());
    return PromptGroup.of(
        sequence.subArray(0, 1).trimmed(),
        List.of(sequence.subArray(1, sequence.length()).trimmed()));
  }

  private static EncodedExample naming(
      String noun, String id, Supplier<EncodedExample> tokenization) {
    try {
      return tokenization.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(String.format("%s '%s': %s", noun, id, e.getMessage()), e);
    }
  }

  /** Tokens to compute, the prompt counted once. */
  int tokens() {
    return group.tokens();
  }

  /** Tokens over which SFT takes its mean. */
  int targetTokens() {
    return group.completions().get(0).length();
  }
}
