package org.dpo4j.api;

import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.Totals;
import org.dpo4j.core.loss.Bco;

/**
 * What a micro-batch is a part of: a step, or all that is held out.
 *
 * @param totals what means are taken over
 * @param klEstimate KTO's reference point, of all examples; empty where the loss needs none
 * @param rewardShift BCO's, of all rewards that were seen
 */
record Whole(Totals totals, OptionalDouble klEstimate, Bco.RunningShift rewardShift) {

  /**
   * What a policy and a reference make of a micro-batch.
   *
   * @param policy {@code [completions][tokens]}
   * @param reference the same under the reference
   */
  record Scored(MicroBatch micro, TokenValues policy, TokenValues reference) {}

  /** Scores as at inference, without gradient. */
  @FunctionalInterface
  interface Scoring {

    /** The examples in micro-batches, each within the run's limits. */
    List<Scored> score(List<EncodedExample> examples);
  }

  /** One of which the loss needs nothing but the totals. */
  static Whole uncoupled(List<MicroBatch> batches) {
    return new Whole(MicroBatch.totals(batches), OptionalDouble.empty(), Bco.RunningShift.START);
  }

  /** This whole after more rewards were seen. */
  Whole withRewardShift(Bco.RunningShift newShift) {
    return new Whole(totals, klEstimate, newShift);
  }
}
