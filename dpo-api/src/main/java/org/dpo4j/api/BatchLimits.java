package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dpo4j.core.math.Check;

/**
 * How much is scored at a time.
 *
 * @param pairs the most pairs of a micro-batch, ≥ 1
 * @param tokens the most tokens of a micro-batch, a prompt counted once a pair, ≥ 1; {@link
 *     #ANY_NUMBER} where only pairs are counted
 */
record BatchLimits(int pairs, int tokens) {

  static final int ANY_NUMBER = Integer.MAX_VALUE;

  boolean countTokens() {
    return tokens < ANY_NUMBER;
  }

  /**
   * Cuts a window into micro-batches. Where tokens are counted, pairs of similar length go
   * together: longest first, so that a machine that is too small for the budget shows it at once;
   * pairs of one length keep their order.
   */
  ImmutableList<MicroBatch> split(List<EncodedPair> window) {
    return countTokens()
        ? fill(
            window.stream()
                .sorted(Comparator.comparingInt(EncodedPair::tokens).reversed())
                .toList())
        : Lists.partition(window, pairs).stream()
            .map(part -> new MicroBatch(ImmutableList.copyOf(part)))
            .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<MicroBatch> fill(List<EncodedPair> ordered) {
    ImmutableList.Builder<MicroBatch> batches = ImmutableList.builder();
    List<EncodedPair> batch = new ArrayList<>();
    long filled = 0;
    for (EncodedPair pair : ordered) {
      if (batch.size() == pairs || (!batch.isEmpty() && filled + pair.tokens() > tokens)) {
        batches.add(new MicroBatch(ImmutableList.copyOf(batch)));
        batch.clear();
        filled = 0;
      }
      batch.add(pair);
      filled += pair.tokens();
    }
    return batches.add(new MicroBatch(ImmutableList.copyOf(batch))).build();
  }

  /** Refuses data with a pair that alone is above the budget, since a pair can't be split. */
  void requireRoomFor(Iterable<EncodedPair> data) {
    int seen = 0;
    int tooLong = 0;
    EncodedPair longest = null;
    for (EncodedPair pair : data) {
      seen++;
      tooLong += pair.tokens() > tokens ? 1 : 0;
      longest = longest == null || pair.tokens() > longest.tokens() ? pair : longest;
    }
    Check.that(
        longest == null || tooLong == 0,
        "pair '%s' has %d tokens, its prompt counted once, more than maxTokens(%d), and a pair can't be split; raise"
            + " maxTokens to at least that, or shorten or leave out the %d of %d pairs that are too long",
        longest == null ? "" : longest.id(),
        longest == null ? 0 : longest.tokens(),
        tokens,
        tooLong,
        seen);
  }
}
