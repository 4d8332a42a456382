package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Optional;
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
 *     completion]} of an example to imitate or judged alone, {@code [prompt | best | … | worst]} of
 *     a ranking
 * @param label what else is known about it; of all but pairs, the weight
 * @param thumb of a completion that was judged alone
 */
record EncodedExample(String id, PromptGroup group, PairLabel label, Optional<Thumb> thumb) {

  /**
   * How a completion was judged.
   *
   * @param isUp whether it was liked
   * @param mismatched its prompt with a completion that answers another one; empty where the loss
   *     estimates no KL
   */
  record Thumb(boolean isUp, Optional<PromptGroup> mismatched) {}

  EncodedExample(String id, PromptGroup group, PairLabel label) {
    this(id, group, label, Optional.empty());
  }

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

  /** Tokenizes a ranking; an error names it. */
  static EncodedExample of(RankedExample ranking, Tokenizer tokenizer) {
    return naming(
        "ranking",
        ranking.id(),
        () ->
            new EncodedExample(
                ranking.id(),
                tokenizer.encode(ranking.prompt(), ranking.completions()),
                PairLabel.PLAIN.withWeight(ranking.weight())));
  }

  /** Tokenizes a completion judged alone; an error names it. */
  static EncodedExample of(UnpairedExample example, Tokenizer tokenizer) {
    return naming(
        "example",
        example.id(),
        () ->
            new EncodedExample(
                example.id(),
                tokenizer.encode(example.prompt(), List.of(example.completion())),
                PairLabel.PLAIN.withWeight(example.weight()),
                Optional.of(new Thumb(example.desirable(), Optional.empty()))));
  }

  /**
   * This completion judged alone beside one that answers another prompt.
   *
   * @param maxLength what prompt and that have at most, the prompt being cut if need be
   */
  EncodedExample besideCompletionOf(EncodedExample other, int maxLength) {
    PromptGroup mismatched =
        cut(PromptGroup.of(group.prompt(), other.group.completions()), maxLength);
    return new EncodedExample(
        id, group, label, Optional.of(new Thumb(isDesirable(), Optional.of(mismatched))));
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

  /** Whether a completion judged alone was liked. */
  boolean isDesirable() {
    return thumb.orElseThrow().isUp();
  }

  /** What the KL is estimated on, as an example of its own. */
  EncodedExample mismatched() {
    return new EncodedExample(id, thumb.flatMap(Thumb::mismatched).orElseThrow(), label);
  }

  /** Tokens of the prompt and its longest completion: the longest sequence. */
  int length() {
    return group.prompt().length() + completionLength();
  }

  /** Tokens of the longest completion. */
  int completionLength() {
    return completionLength(group);
  }

  private static int completionLength(PromptGroup group) {
    return group.completions().stream().mapToInt(ImmutableIntArray::length).max().orElseThrow();
  }

  /** This example without the first tokens of its prompt, where it is longer. */
  EncodedExample truncatedTo(int maxLength) {
    return length() <= maxLength
        ? this
        : new EncodedExample(id, cut(group, maxLength), label, thumb);
  }

  private static PromptGroup cut(PromptGroup group, int maxLength) {
    int prompt = group.prompt().length();
    int kept = Math.min(prompt, maxLength - completionLength(group));
    return kept == prompt
        ? group
        : PromptGroup.of(
            group.prompt().subArray(prompt - kept, prompt).trimmed(), group.completions());
  }

  /** All that is scored of it. */
  List<PromptGroup> groups() {
    return thumb
        .flatMap(Thumb::mismatched)
        .map(mismatched -> List.of(group, mismatched))
        .orElse(List.of(group));
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
