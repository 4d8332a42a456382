package org.dpo4j.core.loss;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import org.dpo4j.core.batch.TokenStatistic;

/**
 * What an objective needs, and what of a label it honours.
 *
 * @param needsReference whether batches must carry reference log-probabilities
 * @param usesMargins whether a pair's margin has an effect
 * @param handlesNoise whether a pair loss takes account of the pair's noise itself; where it
 *     doesn't, a pair whose noise is known contributes its expected loss over a right and a wrong
 *     label
 * @param couplesBatch whether the loss of one example depends on the others in its batch, so that
 *     splitting a batch for gradient accumulation changes the result
 * @param perTokenRewards whether the reward the loss compares is a mean over tokens, as SimPO's is,
 *     and not a sum
 * @param statistics what a backend must measure beside log-probabilities
 */
public record Traits(
    boolean needsReference,
    boolean usesMargins,
    boolean handlesNoise,
    boolean couplesBatch,
    boolean perTokenRewards,
    ImmutableSet<TokenStatistic> statistics) {

  /** Needs a reference and nothing else; uses no margins. */
  public static final Traits REFERENCED =
      new Traits(true, false, false, false, false, ImmutableSet.of());

  /** Needs nothing but the policy's log-probabilities; uses no margins. */
  public static final Traits REFERENCE_FREE =
      new Traits(false, false, false, false, false, ImmutableSet.of());

  /**
   * These traits of a loss that subtracts the pair's margin from the difference of rewards.
   *
   * @return the changed traits
   */
  public Traits withMargins() {
    return new Traits(
        needsReference, true, handlesNoise, couplesBatch, perTokenRewards, statistics);
  }

  /**
   * These traits of a loss that takes account of the pair's noise.
   *
   * @return the changed traits
   */
  public Traits withNoise() {
    return new Traits(needsReference, usesMargins, true, couplesBatch, perTokenRewards, statistics);
  }

  /**
   * These traits of a loss that compares the examples of a batch with each other.
   *
   * @return the changed traits
   */
  public Traits coupled() {
    return new Traits(needsReference, usesMargins, handlesNoise, true, perTokenRewards, statistics);
  }

  /**
   * These traits of a loss whose reward is a mean over tokens.
   *
   * @return the changed traits
   */
  public Traits perToken() {
    return new Traits(needsReference, usesMargins, handlesNoise, couplesBatch, true, statistics);
  }

  /**
   * These traits of an objective that needs a statistic.
   *
   * @param statistic what a backend must measure
   * @return the changed traits
   */
  public Traits measuring(TokenStatistic statistic) {
    ImmutableSet<TokenStatistic> both =
        Sets.union(statistics, ImmutableSet.of(statistic)).immutableCopy();
    return new Traits(
        needsReference, usesMargins, handlesNoise, couplesBatch, perTokenRewards, both);
  }

  /**
   * The traits of a sum of two objectives. That one of them uses margins is enough for the sum.
   *
   * @param other the other's traits
   * @return what either needs or does
   */
  public Traits or(Traits other) {
    return new Traits(
        needsReference || other.needsReference,
        usesMargins || other.usesMargins,
        handlesNoise || other.handlesNoise,
        couplesBatch || other.couplesBatch,
        perTokenRewards || other.perTokenRewards,
        Sets.union(statistics, other.statistics).immutableCopy());
  }
}
