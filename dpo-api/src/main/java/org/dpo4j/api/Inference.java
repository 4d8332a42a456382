package org.dpo4j.api;

import java.util.List;
import org.dpo4j.core.backend.Policy;

/**
 * Scores by policy and reference.
 *
 * @param limits of a micro-batch
 * @param noun what an example is called
 */
record Inference(Policy policy, OpenReference reference, BatchLimits limits, String noun)
    implements Whole.Scoring {

  @Override
  public List<Whole.Scored> score(List<EncodedExample> examples) {
    return limits.split(examples).stream()
        .map(
            micro ->
                new Whole.Scored(
                    micro,
                    policy.logProbs(micro.groups()),
                    reference.logProbs(noun, micro).orElseThrow()))
        .toList();
  }
}
