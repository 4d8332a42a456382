package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableList;
import java.util.Collections;
import java.util.List;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * Preference pairs with their token log-probabilities.
 *
 * <p>Rows alternate: row {@code 2i} is the chosen completion of pair {@code i}, row {@code 2i + 1}
 * its rejected one, the order in which a backend scores {@code [prompt | chosen | rejected]}.
 * Immutable; each {@code with…} returns a changed copy.
 */
public final class PairBatch {

  private final TokenValues policy;
  private final @Nullable TokenValues reference;
  private final @Nullable TokenValues logCollisions;
  private final @Nullable TokenValues tokenWeights;
  private final ImmutableList<PairLabel> labels;
  private final Totals totals;
  private final double[] policySums;
  private final double[] referenceSums;

  private PairBatch(
      TokenValues policy,
      @Nullable TokenValues reference,
      @Nullable TokenValues logCollisions,
      @Nullable TokenValues tokenWeights,
      List<PairLabel> labels,
      Totals totals) {
    this.policy = policy;
    this.reference = reference;
    this.logCollisions = logCollisions;
    this.tokenWeights = tokenWeights;
    this.labels = ImmutableList.copyOf(labels);
    this.totals = totals;
    this.policySums = weightedSums(policy);
    this.referenceSums = reference == null ? new double[0] : weightedSums(reference);
  }

  /**
   * Pairs without a reference, as SimPO, SimPER, CPO, ORPO, SLiC-HF and SFT take them.
   *
   * @param policy {@code [2 · pairs][tokens]} log-probabilities under the policy, chosen and
   *     rejected alternating
   * @return the batch; every pair has weight 1, margin 0 and no known noise
   * @throws IllegalArgumentException if there is no pair, a completion is empty, or a value is
   *     positive, NaN or infinite
   */
  public static PairBatch of(TokenValues policy) {
    Check.that(
        policy.rows() > 0 && policy.rows() % 2 == 0,
        "policy log-probs must have chosen and rejected rows in turn, at least one pair; got %d rows",
        policy.rows());
    policy.requireLogProbs("policy log-prob");
    int pairs = policy.rows() / 2;
    return new PairBatch(
        policy, null, null, null, Collections.nCopies(pairs, PairLabel.PLAIN), ownTotals(policy));
  }

  /**
   * Pairs with a reference.
   *
   * @param policy {@code [2 · pairs][tokens]} log-probabilities under the policy, chosen and
   *     rejected alternating
   * @param reference the same under the reference
   * @return the batch; every pair has weight 1, margin 0 and no known noise
   * @throws IllegalArgumentException as {@link #of(TokenValues)}, or if the shapes differ
   */
  public static PairBatch of(TokenValues policy, TokenValues reference) {
    return of(policy).withReference(reference);
  }

  /**
   * This batch against a reference.
   *
   * @param newReference {@code [2 · pairs][tokens]} log-probabilities under the reference
   * @return the changed batch
   * @throws IllegalArgumentException if the shape differs from the policy's or a value is no
   *     log-probability
   */
  public PairBatch withReference(TokenValues newReference) {
    policy.requireSameShape("policy log-probs", newReference, "reference log-probs");
    newReference.requireLogProbs("reference log-prob");
    return new PairBatch(policy, newReference, logCollisions, tokenWeights, labels, totals);
  }

  /**
   * This batch with what is known about each preference.
   *
   * @param newLabels one label a pair
   * @return the changed batch
   * @throws IllegalArgumentException if there are not as many labels as pairs
   */
  public PairBatch withLabels(List<PairLabel> newLabels) {
    Check.that(
        newLabels.size() == size(),
        "labels must be one a pair: %d pairs, got %d",
        size(),
        newLabels.size());
    return new PairBatch(policy, reference, logCollisions, tokenWeights, newLabels, totals);
  }

  /**
   * This batch with each token's {@link TokenStatistic#LOG_COLLISION}.
   *
   * @param newLogCollisions {@code [2 · pairs][tokens]}, each ≤ 0
   * @return the changed batch
   * @throws IllegalArgumentException if the shape differs from the policy's or a value is NaN,
   *     infinite or positive
   */
  public PairBatch withLogCollisions(TokenValues newLogCollisions) {
    policy.requireSameShape("policy log-probs", newLogCollisions, "log-collisions");
    newLogCollisions.requireLogProbs("log-collision");
    return new PairBatch(policy, reference, newLogCollisions, tokenWeights, labels, totals);
  }

  /**
   * This batch with tokens counted unequally in every sum, for policy and reference alike. Weights
   * given before are multiplied.
   *
   * @param newTokenWeights {@code [2 · pairs][tokens]}, each finite and ≥ 0
   * @return the changed batch
   * @throws IllegalArgumentException if the shape differs from the policy's or a weight is out of
   *     range
   */
  public PairBatch withTokenWeights(TokenValues newTokenWeights) {
    policy.requireSameShape("policy log-probs", newTokenWeights, "token weights");
    TokenValues checked =
        newTokenWeights.map(
            (row, token) ->
                tokenWeight(row, token)
                    * Check.nonNegative("token weight", newTokenWeights.get(row, token)));
    return new PairBatch(policy, reference, logCollisions, checked, labels, totals);
  }

  /**
   * This batch as a part of a larger one: means are taken over the larger one's totals.
   *
   * @param newTotals the totals of all parts together, this one among them
   * @return the changed batch
   * @throws IllegalArgumentException if they are less than the batch's own
   */
  public PairBatch within(Totals newTotals) {
    return new PairBatch(
        policy,
        reference,
        logCollisions,
        tokenWeights,
        labels,
        newTotals.covering(ownTotals(policy)));
  }

  /**
   * How many pairs there are.
   *
   * @return at least 1
   */
  public int size() {
    return policy.rows() / 2;
  }

  /**
   * Token log-probabilities under the policy.
   *
   * @return {@code [2 · pairs][tokens]}
   */
  public TokenValues policy() {
    return policy;
  }

  /**
   * Token log-probabilities under the reference.
   *
   * @return {@code [2 · pairs][tokens]}
   * @throws IllegalArgumentException if the batch has none
   */
  public TokenValues reference() {
    if (reference == null) {
      throw new IllegalArgumentException(
          "the batch has no reference log-probs; give them with withReference(…)");
    }
    return reference;
  }

  /**
   * Whether the batch has reference log-probabilities.
   *
   * @return true if it has
   */
  public boolean hasReference() {
    return reference != null;
  }

  /**
   * Each token's {@link TokenStatistic#LOG_COLLISION}.
   *
   * @return {@code [2 · pairs][tokens]}
   * @throws IllegalArgumentException if the batch has none
   */
  public TokenValues logCollisions() {
    if (logCollisions == null) {
      throw new IllegalArgumentException(
          "the batch has no log-collisions; give them with withLogCollisions(…)");
    }
    return logCollisions;
  }

  /**
   * What is known about each preference.
   *
   * @return one label a pair
   */
  public ImmutableList<PairLabel> labels() {
    return labels;
  }

  /**
   * What means are taken over.
   *
   * @return this batch's own totals unless it is a part of a larger one
   */
  public Totals totals() {
    return totals;
  }

  /**
   * One pair, its log-probabilities summed over tokens.
   *
   * @param index the pair, from 0
   * @return the pair
   */
  public Pair pair(int index) {
    PairLabel label = labels.get(index);
    return new Pair(
        completion(2 * index), completion(2 * index + 1), label.margin(), label.noise());
  }

  /**
   * Spreads a derivative with respect to each completion's summed log-probability over its tokens.
   *
   * @param perCompletion {@code [2 · pairs]}, ∂L/∂log π(y|x)
   * @return {@code [2 · pairs][tokens]}, ∂L/∂log π(y_t|x, y_&lt;t)
   */
  public TokenValues spread(double... perCompletion) {
    Check.that(
        perCompletion.length == policy.rows(),
        "perCompletion must have one value a completion: %d completions, got %d",
        policy.rows(),
        perCompletion.length);
    return policy.map((row, token) -> perCompletion[row] * tokenWeight(row, token));
  }

  private static Totals ownTotals(TokenValues policy) {
    long chosenTokens = 0;
    for (int row = 0; row < policy.rows(); row += 2) {
      chosenTokens += policy.length(row);
    }
    return new Totals(policy.rows() / 2, chosenTokens);
  }

  private ScoredCompletion completion(int row) {
    return new ScoredCompletion(
        policySums[row], reference == null ? Double.NaN : referenceSums[row], policy.length(row));
  }

  private double tokenWeight(int row, int token) {
    return tokenWeights == null ? 1.0 : tokenWeights.get(row, token);
  }

  private double[] weightedSums(TokenValues logProbs) {
    double[] sums = new double[logProbs.rows()];
    for (int row = 0; row < sums.length; row++) {
      for (int token = 0; token < logProbs.length(row); token++) {
        sums[row] += tokenWeight(row, token) * logProbs.get(row, token);
      }
    }
    return sums;
  }
}
