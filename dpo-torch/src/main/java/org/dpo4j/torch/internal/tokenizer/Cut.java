package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;

/**
 * A prompt's ids before those of its completions.
 *
 * @param prompt the first ids that all have in common with the prompt alone
 * @param completions what follows in each
 * @param early whether the prompt alone has more
 */
record Cut(ImmutableIntArray prompt, ImmutableList<ImmutableIntArray> completions, boolean early) {

  /**
   * Cuts.
   *
   * @param alone the prompt's ids
   * @param wholes those of prompt and completion, each
   */
  static Cut of(ImmutableIntArray alone, List<ImmutableIntArray> wholes) {
    int common =
        wholes.stream().mapToInt(whole -> commonPrefix(alone, whole)).min().orElse(alone.length());
    return new Cut(
        alone.subArray(0, common).trimmed(),
        wholes.stream()
            .map(whole -> whole.subArray(common, whole.length()).trimmed())
            .collect(ImmutableList.toImmutableList()),
        common < alone.length());
  }

  /** How many ids two have in common from their first on. */
  static int commonPrefix(ImmutableIntArray a, ImmutableIntArray b) {
    int length = 0;
    while (length < a.length() && length < b.length() && a.get(length) == b.get(length)) {
      length++;
    }
    return length;
  }
}
