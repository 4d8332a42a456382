package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.math.Check;

/**
 * Completions that were each judged alone: thumbs up or thumbs down.
 *
 * <p>Row {@code i} of the log-probabilities is example {@code i}. Immutable; each {@code with…}
 * returns a changed copy.
 */
public final class UnpairedBatch {

  private final TokenValues policy;
  private final TokenValues reference;
  private final ImmutableList<Boolean> desirable;
  private final ImmutableList<Double> weights;
  private final OptionalDouble klEstimate;
  private final OptionalDouble rewardShift;
  private final Totals totals;

  private UnpairedBatch(
      TokenValues policy,
      TokenValues reference,
      List<Boolean> desirable,
      List<Double> weights,
      OptionalDouble klEstimate,
      OptionalDouble rewardShift,
      Totals totals) {
    this.policy = policy;
    this.reference = reference;
    this.desirable = ImmutableList.copyOf(desirable);
    this.weights = ImmutableList.copyOf(weights);
    this.klEstimate = klEstimate;
    this.rewardShift = rewardShift;
    this.totals = totals;
  }

  /**
   * Judged completions.
   *
   * @param policy {@code [examples][tokens]} log-probabilities under the policy
   * @param reference the same under the reference
   * @param desirable one a row: true for a thumb up
   * @return the batch; every example has weight 1
   * @throws IllegalArgumentException if there is no example, shapes differ, a completion is empty,
   *     or a value is positive, NaN or infinite
   */
  public static UnpairedBatch of(
      TokenValues policy, TokenValues reference, List<Boolean> desirable) {
    Check.that(policy.rows() > 0, "policy log-probs must have at least one completion, got none");
    Check.that(
        desirable.size() == policy.rows(),
        "desirable must be one a completion: %d completions, got %d",
        policy.rows(),
        desirable.size());
    policy.requireLogProbs("policy log-prob");
    policy.requireSameShape("policy log-probs", reference, "reference log-probs");
    reference.requireLogProbs("reference log-prob");
    return new UnpairedBatch(
        policy,
        reference,
        desirable,
        Collections.nCopies(policy.rows(), 1.0),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        ownTotals(policy, desirable));
  }

  /**
   * This batch with a weight for each example.
   *
   * @param newWeights one an example, each finite and ≥ 0
   * @return the changed batch
   * @throws IllegalArgumentException if there are not as many weights as examples, or one is out of
   *     range
   */
  public UnpairedBatch withWeights(List<Double> newWeights) {
    Check.that(
        newWeights.size() == size(),
        "weights must be one an example: %d examples, got %d",
        size(),
        newWeights.size());
    newWeights.forEach(weight -> Check.nonNegative("weight", weight));
    return new UnpairedBatch(
        policy, reference, desirable, newWeights, klEstimate, rewardShift, totals);
  }

  /**
   * This batch with KTO's reference point. No gradient flows through it.
   *
   * @param newKlEstimate an estimate of KL(π_θ‖π_ref) in nats, of either sign; see {@code
   *     Kto.klEstimate}
   * @return the changed batch
   * @throws IllegalArgumentException if the estimate is not finite
   */
  public UnpairedBatch withKlEstimate(double newKlEstimate) {
    Check.finite("klEstimate", newKlEstimate);
    return new UnpairedBatch(
        policy,
        reference,
        desirable,
        weights,
        OptionalDouble.of(newKlEstimate),
        rewardShift,
        totals);
  }

  /**
   * This batch with BCO's reward shift δ. No gradient flows through it.
   *
   * @param newRewardShift δ, a running mean of rewards; see {@code Bco.RunningShift}
   * @return the changed batch
   * @throws IllegalArgumentException if the shift is not finite
   */
  public UnpairedBatch withRewardShift(double newRewardShift) {
    Check.finite("rewardShift", newRewardShift);
    return new UnpairedBatch(
        policy,
        reference,
        desirable,
        weights,
        klEstimate,
        OptionalDouble.of(newRewardShift),
        totals);
  }

  /**
   * This batch as a part of a larger one: means are taken over the larger one's totals.
   *
   * @param newTotals the totals of all parts together, this one among them
   * @return the changed batch
   * @throws IllegalArgumentException if they are less than the batch's own
   */
  public UnpairedBatch within(Totals newTotals) {
    return new UnpairedBatch(
        policy,
        reference,
        desirable,
        weights,
        klEstimate,
        rewardShift,
        newTotals.covering(ownTotals(policy, desirable)));
  }

  /**
   * How many examples there are.
   *
   * @return at least 1
   */
  public int size() {
    return policy.rows();
  }

  /**
   * Token log-probabilities under the policy.
   *
   * @return {@code [examples][tokens]}
   */
  public TokenValues policy() {
    return policy;
  }

  /**
   * One example's log-probabilities, summed over tokens.
   *
   * @param index the example, from 0
   * @return the completion
   */
  public ScoredCompletion completion(int index) {
    return new ScoredCompletion(policy.sum(index), reference.sum(index), policy.length(index));
  }

  /**
   * Whether an example was liked.
   *
   * @param index the example, from 0
   * @return true for a thumb up
   */
  public boolean isDesirable(int index) {
    return desirable.get(index);
  }

  /**
   * An example's weight.
   *
   * @param index the example, from 0
   * @return ≥ 0
   */
  public double weight(int index) {
    return weights.get(index);
  }

  /**
   * KTO's reference point.
   *
   * @return the estimate as given, or empty
   */
  public OptionalDouble klEstimate() {
    return klEstimate;
  }

  /**
   * BCO's reward shift.
   *
   * @return δ, or empty
   */
  public OptionalDouble rewardShift() {
    return rewardShift;
  }

  /**
   * What means are taken over.
   *
   * @return this batch's own totals unless it is a part of a larger one
   */
  public Totals totals() {
    return totals;
  }

  private static Totals ownTotals(TokenValues policy, List<Boolean> desirable) {
    long targetTokens = 0;
    for (int row = 0; row < policy.rows(); row++) {
      targetTokens += desirable.get(row) ? policy.length(row) : 0;
    }
    return new Totals(policy.rows(), targetTokens);
  }
}
