package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.Totals;

/**
 * Examples that are scored together.
 *
 * @param examples at least one
 */
record MicroBatch(ImmutableList<EncodedExample> examples) {

  /** What means over several micro-batches are taken over. */
  static Totals totals(List<MicroBatch> batches) {
    long count = 0;
    long targetTokens = 0;
    for (MicroBatch batch : batches) {
      count += batch.examples.size();
      targetTokens += batch.examples.stream().mapToLong(EncodedExample::targetTokens).sum();
    }
    return new Totals(count, targetTokens);
  }

  /** Of all their examples. */
  static List<String> ids(List<MicroBatch> batches) {
    return batches.stream().flatMap(micro -> micro.ids().stream()).toList();
  }

  ImmutableList<String> ids() {
    return examples.stream().map(EncodedExample::id).collect(ImmutableList.toImmutableList());
  }

  ImmutableList<PromptGroup> groups() {
    return examples.stream().map(EncodedExample::group).collect(ImmutableList.toImmutableList());
  }

  ImmutableList<PairLabel> labels() {
    return examples.stream().map(EncodedExample::label).collect(ImmutableList.toImmutableList());
  }

  ImmutableList<Double> weights() {
    return examples.stream()
        .map(example -> example.label().weight())
        .collect(ImmutableList.toImmutableList());
  }

  /** Tokens to compute, a prompt counted once an example. */
  long tokens() {
    return examples.stream().mapToLong(EncodedExample::tokens).sum();
  }
}
