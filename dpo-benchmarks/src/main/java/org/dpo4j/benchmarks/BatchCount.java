package org.dpo4j.benchmarks;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;

/**
 * What there is to compute in a batch whose prompts are computed once.
 *
 * @param tokens of prompts, once each, and completions: what goes through the layers
 * @param targets tokens of completions: what goes through the head
 * @param visible pairs of a token and one it attends to, itself included
 */
record BatchCount(long tokens, long targets, long visible) {

  static BatchCount of(List<PromptGroup> groups) {
    long tokens = 0;
    long targets = 0;
    long visible = 0;
    for (PromptGroup group : groups) {
      long prompt = group.prompt().length();
      tokens += group.tokens();
      visible += causal(prompt);
      for (ImmutableIntArray completion : group.completions()) {
        long length = completion.length();
        targets += length;
        visible += length * prompt + causal(length);
      }
    }
    return new BatchCount(tokens, targets, visible);
  }

  private static long causal(long length) {
    return length * (length + 1) / 2;
  }
}
