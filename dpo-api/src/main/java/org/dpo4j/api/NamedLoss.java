package org.dpo4j.api;

import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.UnpairedObjective;

/** A loss that {@link Losses#named} found, by the kind of data it learns from. */
public sealed interface NamedLoss {

  /**
   * The loss.
   *
   * @return as its factory in {@link Losses} makes it
   */
  Objective<?> objective();

  /**
   * A loss over pairs, for {@link DpoTrainer}.
   *
   * @param objective the loss
   */
  record OverPairs(PairObjective objective) implements NamedLoss {}

  /**
   * A loss over completions judged alone, for {@link KtoTrainer}.
   *
   * @param objective the loss
   */
  record OverUnpaired(UnpairedObjective objective) implements NamedLoss {}

  /**
   * A loss over rankings, for {@link RankingTrainer}.
   *
   * @param objective the loss
   */
  record OverRankings(Objective<RankingBatch> objective) implements NamedLoss {}
}
