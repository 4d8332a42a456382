package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How much is scored at a time.
 *
 * @param examples the most examples of a micro-batch, ≥ 1
 * @param tokens the most tokens of a micro-batch, a prompt counted once an example, ≥ 1; {@link
 *     #ANY_NUMBER} where only examples are counted
 */
record BatchLimits(int examples, int tokens) {

  static final int ANY_NUMBER = Integer.MAX_VALUE;

  boolean countTokens() {
    return tokens < ANY_NUMBER;
  }

  /**
   * Cuts a window into micro-batches. Where tokens are counted, examples of similar length go
   * together: longest first, so that a machine that is too small for the budget shows it at once;
   * examples of one length keep their order.
   */
  ImmutableList<MicroBatch> split(List<EncodedExample> window) {
    return countTokens()
        ? fill(
            window.stream()
                .sorted(Comparator.comparingInt(EncodedExample::tokens).reversed())
                .toList())
        : Lists.partition(window, examples).stream()
            .map(part -> new MicroBatch(ImmutableList.copyOf(part)))
            .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<MicroBatch> fill(List<EncodedExample> ordered) {
    ImmutableList.Builder<MicroBatch> batches = ImmutableList.builder();
    List<EncodedExample> batch = new ArrayList<>();
    long filled = 0;
    for (EncodedExample example : ordered) {
      if (batch.size() == examples || (!batch.isEmpty() && filled + example.tokens() > tokens)) {
        batches.add(new MicroBatch(ImmutableList.copyOf(batch)));
        batch.clear();
        filled = 0;
      }
      batch.add(example);
      filled += example.tokens();
    }
    return batches.add(new MicroBatch(ImmutableList.copyOf(batch))).build();
  }

  /**
   * Refuses data with an example that alone is above the budget, since one can't be split.
   *
   * @param noun what an example is called
   */
  void requireRoomFor(String noun, Iterable<EncodedExample> data) {
    int seen = 0;
    int tooLong = 0;
    EncodedExample longest = null;
    for (EncodedExample example : data) {
      seen++;
      tooLong += example.tokens() > tokens ? 1 : 0;
      longest = longest == null || example.tokens() > longest.tokens() ? example : longest;
    }
    if (longest == null || tooLong == 0) {
      return;
    }
    throw new RefusedException(
        String.format(
            Locale.ROOT,
            "%1$s '%2$s' has %3$d tokens, its prompt counted once, more than the %4$d that may be computed at a time,"
                + " and %7$s can't be split; so have %5$d of %6$d %1$ss",
            noun,
            longest.id(),
            longest.tokens(),
            tokens,
            tooLong,
            seen,
            noun.equals("example") ? "an example" : "a " + noun),
        Remedy.RAISE_TOKENS);
  }
}
