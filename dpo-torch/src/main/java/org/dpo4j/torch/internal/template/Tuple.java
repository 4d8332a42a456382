package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * Python's tuple.
 *
 * @param items its elements
 * @param isGroup whether it is what {@code groupby} gives: its elements have names, too
 */
record Tuple(List<Object> items, boolean isGroup) {

  Tuple(List<Object> items) {
    this(items, false);
  }

  static Tuple of(Object first, Object second) {
    return new Tuple(ImmutableList.of(first, second));
  }
}
