package org.dpo4j.torch.internal.decoder;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.math.Check;

/**
 * Groups laid end to end without padding: {@code [prompt | completion | completion | …]} a group,
 * each prompt once. Positions of every completion go on from the prompt's end.
 *
 * @param ids {@code [tokens]} token ids
 * @param positions {@code [tokens]} each token's place in its sequence, from 0
 * @param parts what attends to what
 * @param rows {@code [targets]} the token whose hidden state predicts each target; what the last
 *     layer computes
 * @param targets {@code [targets]} ids of all completions' tokens, groups in order
 * @param lengths tokens of each completion
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record PackedBatch(
    long[] ids, long[] positions, List<Part> parts, long[] rows, long[] targets, int[] lengths) {

  /**
   * Tokens that attend to each other causally, and to all of a prefix.
   *
   * @param start its first token in the batch
   * @param length its tokens
   * @param prefixStart first token of the prefix
   * @param prefixLength tokens of the prefix; 0 if there is none
   */
  public record Part(int start, int length, int prefixStart, int prefixLength) {

    /**
     * Whether plain causal attention is not what is wanted.
     *
     * @param window positions a query sees, itself included
     * @param always whether every part needs a mask
     */
    boolean isMasked(OptionalInt window, boolean always) {
      return always
          || prefixLength > 0
          || (window.isPresent() && prefixLength + length > window.getAsInt());
    }
  }

  /**
   * Lays out groups.
   *
   * @param groups prompts with their completions
   * @param vocabularySize ids must be below
   * @param maxPositions the longest sequence allowed
   * @throws IllegalArgumentException if a prompt is empty, an id is not in the vocabulary or a
   *     sequence is too long; the message names the group
   */
  public static PackedBatch of(List<PromptGroup> groups, int vocabularySize, int maxPositions) {
    int tokens = groups.stream().mapToInt(PromptGroup::tokens).sum();
    Layout layout = new Layout(tokens, vocabularySize, maxPositions);
    for (int i = 0; i < groups.size(); i++) {
      layout.add(i, groups.get(i));
    }
    return layout.finish();
  }

  /**
   * Lays out groups of which the last token of each completion is wanted, and nothing is a target.
   *
   * @param groups prompts with their completions
   * @param vocabularySize ids must be below
   * @param maxPositions the longest sequence allowed
   * @throws IllegalArgumentException as for {@link #of}
   */
  public static PackedBatch ofEnds(List<PromptGroup> groups, int vocabularySize, int maxPositions) {
    PackedBatch all = of(groups, vocabularySize, maxPositions);
    return new PackedBatch(
        all.ids, all.positions, all.parts, ends(groups), new long[0], all.lengths);
  }

  /** The place of each completion's last token. */
  private static long[] ends(List<PromptGroup> groups) {
    List<Long> ends = new ArrayList<>();
    long next = 0;
    for (PromptGroup group : groups) {
      next += group.prompt().length();
      for (ImmutableIntArray completion : group.completions()) {
        next += completion.length();
        ends.add(next - 1);
      }
    }
    return ends.stream().mapToLong(Long::longValue).toArray();
  }

  /** One sequence, all rows of it wanted and nothing a target. */
  static PackedBatch ofSequence(int[] tokens, int vocabularySize, int maxPositions) {
    Check.that(
        tokens.length > 0 && tokens.length <= maxPositions,
        "a sequence must have 1 to %d tokens, got %d",
        maxPositions,
        tokens.length);
    Layout layout = new Layout(tokens.length, vocabularySize, maxPositions);
    layout.append(0, ImmutableIntArray.copyOf(tokens), 0);
    layout.parts.add(new Part(0, tokens.length, 0, 0));
    for (int t = 0; t < tokens.length; t++) {
      layout.rows.add((long) t);
    }
    return layout.finish();
  }

  /** Prompts without completions: what follows the last token of each is wanted. */
  static PackedBatch ofPrompts(
      List<ImmutableIntArray> prompts, int vocabularySize, int maxPositions) {
    int tokens = prompts.stream().mapToInt(ImmutableIntArray::length).sum();
    Layout layout = new Layout(tokens, vocabularySize, maxPositions);
    for (int i = 0; i < prompts.size(); i++) {
      int start = layout.next;
      layout.append(i, prompts.get(i), 0);
      layout.parts.add(new Part(start, prompts.get(i).length(), 0, 0));
      layout.rows.add(layout.next - 1L);
    }
    return layout.finish();
  }

  /** What attends to what, in the form the attention kernels read. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Plan(long[] parts, float[] masks) {}

  /**
   * Masks are made only where plain causal attention is not what is wanted.
   *
   * @param window positions a query sees, itself included
   * @param always whether every part needs a mask
   */
  Plan plan(OptionalInt window, boolean always) {
    long[] numbers = new long[5 * parts.size()];
    List<float[]> masks = new ArrayList<>();
    int place = 0;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      int seen = part.prefixLength() + part.length();
      boolean masked = part.isMasked(window, always);
      long[] row = {
        part.start(), part.length(), part.prefixStart(), part.prefixLength(), masked ? place : -1
      };
      System.arraycopy(row, 0, numbers, 5 * i, 5);
      if (masked) {
        masks.add(mask(part, window.orElse(Integer.MAX_VALUE)));
        place = Math.addExact(place, part.length() * seen);
      }
    }
    float[] all = new float[Math.max(1, place)];
    int at = 0;
    for (float[] mask : masks) {
      System.arraycopy(mask, 0, all, at, mask.length);
      at += mask.length;
    }
    return new Plan(numbers, all);
  }

  /** 0 where a query sees a key, −∞ where not; {@code [length, prefix length + length]}. */
  private static float[] mask(Part part, int window) {
    int before = part.prefixLength();
    int keys = before + part.length();
    float[] mask = new float[Math.multiplyExact(part.length(), keys)];
    Arrays.fill(mask, Float.NEGATIVE_INFINITY);
    for (int query = 0; query < part.length(); query++) {
      int last = before + query;
      int first = Math.max(0, last - window + 1);
      Arrays.fill(mask, query * keys + first, query * keys + last + 1, 0f);
    }
    return mask;
  }

  /** Fills the arrays token by token. */
  private static final class Layout {
    private final long[] ids;
    private final long[] positions;
    private final List<Part> parts = new ArrayList<>();
    private final List<Long> rows = new ArrayList<>();
    private final List<Long> targets = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final int vocabularySize;
    private final int maxPositions;
    private int next;

    Layout(int tokens, int vocabularySize, int maxPositions) {
      this.ids = new long[tokens];
      this.positions = new long[tokens];
      this.vocabularySize = vocabularySize;
      this.maxPositions = maxPositions;
    }

    void add(int index, PromptGroup group) {
      int prompt = group.prompt().length();
      Check.that(
          prompt > 0,
          "group %d: the prompt must have at least one token (BOS, say), for the first token of a"
              + " completion to be predicted from; got none",
          index);
      int start = next;
      append(index, group.prompt(), 0);
      parts.add(new Part(start, prompt, 0, 0));
      for (int k = 0; k < group.completions().size(); k++) {
        ImmutableIntArray completion = group.completions().get(k);
        Check.that(
            prompt + completion.length() <= maxPositions,
            "group %d: prompt and completion %d have %d + %d tokens, the model takes %d",
            index,
            k,
            prompt,
            completion.length(),
            maxPositions);
        int first = next;
        append(index, completion, prompt);
        // A part even of the first: prompts and completions are computed as if they were alone.
        parts.add(new Part(first, completion.length(), start, prompt));
        lengths.add(completion.length());
        for (int t = 0; t < completion.length(); t++) {
          rows.add((long) (t == 0 ? start + prompt - 1 : first + t - 1));
          targets.add((long) completion.get(t));
        }
      }
    }

    private void append(int index, ImmutableIntArray tokens, int position) {
      for (int t = 0; t < tokens.length(); t++) {
        int id = tokens.get(t);
        Check.that(
            id >= 0 && id < vocabularySize,
            "group %d: token id must be in [0, %d), got %d",
            index,
            vocabularySize,
            id);
        ids[next] = id;
        positions[next] = (long) position + t;
        next++;
      }
    }

    PackedBatch finish() {
      return new PackedBatch(
          ids,
          positions,
          List.copyOf(parts),
          rows.stream().mapToLong(Long::longValue).toArray(),
          targets.stream().mapToLong(Long::longValue).toArray(),
          lengths.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
