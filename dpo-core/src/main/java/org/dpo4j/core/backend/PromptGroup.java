package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.math.Check;

/**
 * A prompt and the completions that answer it, as token ids: the unit a backend scores. Backends
 * may compute the prompt once for all of its completions. Two groups of the same tokens are equal.
 *
 * @param prompt {@code [prompt tokens]}; may be empty
 * @param completions at least one, each {@code [completion tokens]} with at least one token
 */
public record PromptGroup(ImmutableIntArray prompt, ImmutableList<ImmutableIntArray> completions) {

  /** Checks that there is something to score. */
  public PromptGroup {
    Check.that(!completions.isEmpty(), "completions must have at least one element, got none");
    for (int i = 0; i < completions.size(); i++) {
      Check.that(
          !completions.get(i).isEmpty(),
          "completion %d is empty; it must have at least one token",
          i);
    }
  }

  /**
   * A group.
   *
   * @param prompt token ids; may be empty
   * @param completions at least one, none of them empty
   * @return the group
   */
  public static PromptGroup of(ImmutableIntArray prompt, List<ImmutableIntArray> completions) {
    return new PromptGroup(prompt, ImmutableList.copyOf(completions));
  }

  /**
   * How many tokens there are to compute when the prompt is computed once.
   *
   * @return tokens of the prompt and of all completions
   */
  public int tokens() {
    return prompt.length() + completions.stream().mapToInt(ImmutableIntArray::length).sum();
  }
}
