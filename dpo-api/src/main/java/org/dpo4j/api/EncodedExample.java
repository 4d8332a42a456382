package org.dpo4j.api;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Tokenized;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.math.Check;

/**
 * An example as token ids.
 *
 * @param id the example's id
 * @param tokenized its tokens: {@code [prompt | chosen | rejected]} of a pair, {@code [prompt |
 *     completion]} of an example to imitate or judged alone, {@code [prompt | best | … | worst]} of
 *     a ranking
 * @param label what else is known about it; of all but pairs, the weight
 * @param thumb of a completion that was judged alone
 */
record EncodedExample(String id, Tokenized tokenized, PairLabel label, Optional<Thumb> thumb) {

  /**
   * How a completion was judged.
   *
   * @param isUp whether it was liked
   * @param mismatched its prompt with a completion that answers another one; empty where the loss
   *     estimates no KL
   */
  record Thumb(boolean isUp, Optional<PromptGroup> mismatched) {}

  EncodedExample(String id, Tokenized tokenized, PairLabel label) {
    this(id, tokenized, label, Optional.empty());
  }

  /** Its tokens alone. */
  PromptGroup group() {
    return tokenized.group();
  }

  /** Whether its prompt ends before its own last token. */
  boolean cutEarly() {
    return tokenized.cutEarly();
  }

  /** Tokenizes a pair; an error names it. */
  static EncodedExample of(PreferencePair pair, Tokenizer tokenizer) {
    return naming(
        "pair",
        pair.id(),
        () ->
            new EncodedExample(
                pair.id(),
                tokenizer.tokenize(pair.prompt(), List.of(pair.chosen(), pair.rejected())),
                pair.label()));
  }

  /** Tokenizes an example to imitate; an error names it. */
  static EncodedExample of(SftExample example, SftLoss loss, Tokenizer tokenizer) {
    return naming(
        "example",
        example.id(),
        () -> {
          Tokenized tokens = tokenizer.tokenize(example.prompt(), List.of(example.completion()));
          return new EncodedExample(
              example.id(),
              loss == SftLoss.FULL_SEQUENCE ? afterFirstToken(tokens) : tokens,
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
                tokenizer.tokenize(ranking.prompt(), ranking.completions()),
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
                tokenizer.tokenize(example.prompt(), List.of(example.completion())),
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
        cut(PromptGroup.of(group().prompt(), other.group().completions()), maxLength);
    return new EncodedExample(
        id, tokenized, label, Optional.of(new Thumb(isDesirable(), Optional.of(mismatched))));
  }

  /** The whole sequence after its first token, which nothing precedes that could predict it. */
  private static Tokenized afterFirstToken(Tokenized tokens) {
    PromptGroup group = tokens.group();
    ImmutableIntArray sequence =
        ImmutableIntArray.builder(group.tokens())
            .addAll(group.prompt())
            .addAll(group.completions().get(0))
            .build();
    Check.that(
        sequence.length() >= 2,
        "a full sequence must have at least 2 tokens, since its first is not learnt, got %d",
        sequence.length());
    PromptGroup all =
        PromptGroup.of(
            sequence.subArray(0, 1).trimmed(),
            List.of(sequence.subArray(1, sequence.length()).trimmed()));
    return new Tokenized(all, Math.min(1, tokens.beginning()), tokens.cutEarly());
  }

  private static EncodedExample naming(
      String noun, String id, Supplier<EncodedExample> tokenization) {
    try {
      return tokenization.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s '%s': %s", noun, id, e.getMessage()), e);
    }
  }

  /** Whether a completion judged alone was liked. */
  boolean isDesirable() {
    return thumb.orElseThrow().isUp();
  }

  /** What the KL is estimated on, as an example of its own. */
  EncodedExample mismatched() {
    return new EncodedExample(
        id, Tokenized.of(thumb.flatMap(Thumb::mismatched).orElseThrow()), label);
  }

  /** Tokens of the prompt and its longest completion: the longest sequence. */
  int length() {
    return group().prompt().length() + completionLength();
  }

  /** Tokens of the longest completion. */
  int completionLength() {
    return completionLength(group());
  }

  private static int completionLength(PromptGroup group) {
    return group.completions().stream().mapToInt(ImmutableIntArray::length).max().orElseThrow();
  }

  /** The least length that its prompt can be cut to: what begins every text stays. */
  int leastLength() {
    return completionLength() + tokenized.beginning();
  }

  /**
   * This example without tokens of its prompt behind what begins every text, where it is longer.
   */
  EncodedExample truncatedTo(int maxLength) {
    if (length() <= maxLength) {
      return this;
    }
    PromptGroup cut = cut(group(), maxLength);
    int beginning = Math.min(tokenized.beginning(), cut.prompt().length());
    return new EncodedExample(
        id, new Tokenized(cut, beginning, tokenized.cutEarly()), label, thumb);
  }

  private PromptGroup cut(PromptGroup group, int maxLength) {
    int prompt = group.prompt().length();
    int kept = Math.min(prompt, maxLength - completionLength(group));
    if (kept == prompt) {
      return group;
    }
    int beginning = Math.min(kept, tokenized.beginning());
    ImmutableIntArray shortened =
        ImmutableIntArray.builder(kept)
            .addAll(group.prompt().subArray(0, beginning))
            .addAll(group.prompt().subArray(prompt - kept + beginning, prompt))
            .build();
    return PromptGroup.of(shortened, group.completions());
  }

  /** All that is scored of it. */
  List<PromptGroup> groups() {
    return thumb
        .flatMap(Thumb::mismatched)
        .map(mismatched -> List.of(group(), mismatched))
        .orElse(List.of(group()));
  }

  /** Tokens to compute, the prompt counted once. */
  int tokens() {
    return group().tokens();
  }

  /** Tokens over which SFT takes its mean. */
  int targetTokens() {
    return group().completions().get(0).length();
  }
}
