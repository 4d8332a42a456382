package org.dpo4j.api;

import java.util.BitSet;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * Which example's completion answers another prompt than an example's own: that of the next one
 * with another prompt, in the data's order, the first after the last.
 */
final class Mismatches {

  private final int[] next;

  private Mismatches(int[] next) {
    this.next = next;
  }

  /**
   * Those of data; each prompt is read once.
   *
   * @param name what the data is called in messages
   * @throws IllegalArgumentException if there is only one prompt
   */
  static Mismatches in(String name, Examples examples) {
    int size = examples.size();
    BitSet starts = new BitSet(size);
    Text first = examples.reading().apply(0).prompt();
    Text before = first;
    for (int index = 1; index < size; index++) {
      Text prompt = examples.reading().apply(index).prompt();
      starts.set(index, !prompt.equals(before));
      before = prompt;
    }
    Check.that(
        !starts.isEmpty(),
        "%s must have at least two prompts, since the KL is estimated on completions that answer another one, got %d"
            + " with one prompt",
        name,
        size);
    int[] next = new int[size];
    int following = before.equals(first) ? starts.nextSetBit(0) : 0;
    for (int index = size - 1; index >= 0; index--) {
      next[index] = following;
      following = starts.get(index) ? index : following;
    }
    return new Mismatches(next);
  }

  int of(int index) {
    return next[index];
  }
}
