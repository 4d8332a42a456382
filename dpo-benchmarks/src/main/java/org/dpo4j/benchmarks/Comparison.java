package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import java.util.OptionalDouble;

/**
 * A setting of dpo4j beside one of TRL's, and what the ratios should be.
 *
 * @param ours dpo4j's setting
 * @param peer TRL's
 * @param speed TRL's seconds over dpo4j's, at least; empty where nothing is asked for
 * @param memory dpo4j's peak over TRL's, at most; empty where nothing is asked for
 */
record Comparison(Setting ours, Setting peer, OptionalDouble speed, OptionalDouble memory) {

  /** All that are printed, in order. */
  static final ImmutableList<Comparison> ALL =
      ImmutableList.of(
          of(Setting.LIVE, Setting.LIVE, OptionalDouble.of(3.5), OptionalDouble.of(0.25)),
          of(Setting.CACHED, Setting.CACHED, OptionalDouble.of(4.5), OptionalDouble.empty()),
          of(Setting.CHECKPOINTED, Setting.LIVE, OptionalDouble.of(2.7), OptionalDouble.of(0.12)),
          of(
              Setting.CHECKPOINTED,
              Setting.CHECKPOINTED,
              OptionalDouble.empty(),
              OptionalDouble.empty()),
          of(Setting.FULL, Setting.FULL, OptionalDouble.empty(), OptionalDouble.empty()),
          of(Setting.LONG, Setting.LONG, OptionalDouble.of(4), OptionalDouble.empty()));

  /** The share of the machine's own rate that the steps of {@link Setting#LIVE} should reach. */
  static final double SHARE = 0.75;

  private static Comparison of(
      Setting ours, Setting peer, OptionalDouble speed, OptionalDouble memory) {
    return new Comparison(ours, peer, speed, memory);
  }
}
