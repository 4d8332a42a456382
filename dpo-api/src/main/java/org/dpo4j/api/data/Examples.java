package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.collect.Lists;
import java.util.List;
import org.dpo4j.api.SkipReason;

/**
 * What became of a record.
 *
 * @param kept examples, in order
 * @param skipped what made none
 * @param <E> what an example is
 */
record Examples<E>(ImmutableList<E> kept, ImmutableList<Skip> skipped) {

  /**
   * Something that makes no example.
   *
   * @param reason why
   * @param detail in words, to follow the place
   */
  record Skip(SkipReason reason, String detail) {}

  static <E> Examples<E> of(E example) {
    return new Examples<>(ImmutableList.of(example), ImmutableList.of());
  }

  static <E> Examples<E> none(SkipReason reason, String detail) {
    return new Examples<>(ImmutableList.of(), ImmutableList.of(new Skip(reason, detail)));
  }

  static <E> Examples<E> joined(List<Examples<E>> parts) {
    return new Examples<>(
        ImmutableList.copyOf(Iterables.concat(Lists.transform(parts, Examples::kept))),
        ImmutableList.copyOf(Iterables.concat(Lists.transform(parts, Examples::skipped))));
  }
}
