package org.dpo4j.core.loss;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;

/**
 * Everything a pair objective may ask of a batch, in a form that can be moved and cut.
 *
 * @param policy {@code [2 · pairs][tokens]}, chosen and rejected alternating
 * @param reference the same under the reference
 * @param collisions the same for log-collisions
 * @param labels one a pair
 */
record PairSample(
    TokenValues policy, TokenValues reference, TokenValues collisions, List<PairLabel> labels) {

  /** Plain labels, log-collisions just below the policy's log-probs. */
  static PairSample of(TokenValues policy, TokenValues reference) {
    TokenValues collisions = policy.map((row, token) -> policy.get(row, token) - 0.25);
    List<PairLabel> labels = Collections.nCopies(policy.rows() / 2, PairLabel.PLAIN);
    return new PairSample(policy, reference, collisions, labels);
  }

  /** One pair of completions of one token each. */
  static PairSample ofTokens(double w, double l, double referenceW, double referenceL) {
    return of(
        TokenValues.of(new double[] {w}, new double[] {l}),
        TokenValues.of(new double[] {referenceW}, new double[] {referenceL}));
  }

  /** Completions of 1 to 6 tokens, a policy that has moved away from its reference. */
  static PairSample random(Random random, int pairs) {
    int[] lengths = IntStream.range(0, 2 * pairs).map(row -> 1 + random.nextInt(6)).toArray();
    TokenValues reference =
        TokenValues.generate(lengths, (row, token) -> -0.1 - 3.0 * random.nextDouble());
    TokenValues policy =
        reference.map(
            (row, token) ->
                Math.min(-0.01, reference.get(row, token) + 0.7 * random.nextGaussian()));
    TokenValues collisions =
        policy.map((row, token) -> policy.get(row, token) - 0.5 * random.nextDouble());
    return of(policy, reference).withCollisions(collisions);
  }

  /** A weight and a margin for every pair, a noise for about half of them. */
  PairSample withRandomLabels(Random random) {
    List<PairLabel> drawn = new ArrayList<>();
    for (int i = 0; i < pairs(); i++) {
      PairLabel label =
          PairLabel.PLAIN
              .withWeight(0.1 + 2.0 * random.nextDouble())
              .withMargin(2.0 * random.nextDouble());
      drawn.add(random.nextBoolean() ? label.withNoise(0.01 + 0.45 * random.nextDouble()) : label);
    }
    return withLabels(drawn);
  }

  PairSample withLabels(List<PairLabel> newLabels) {
    return new PairSample(policy, reference, collisions, newLabels);
  }

  PairSample withLabel(PairLabel label) {
    return withLabels(Collections.nCopies(pairs(), label));
  }

  PairSample withCollisions(TokenValues newCollisions) {
    return new PairSample(policy, reference, newCollisions, labels);
  }

  /**
   * One token's log-prob moved. Its log-collision moves along, which keeps the policy weights of
   * WPO where they are: no gradient flows through them.
   */
  PairSample shifted(int row, int token, double by) {
    return new PairSample(
        shifted(policy, row, token, by), reference, shifted(collisions, row, token, by), labels);
  }

  static TokenValues shifted(TokenValues values, int row, int token, double by) {
    return values.map((r, t) -> values.get(r, t) + (r == row && t == token ? by : 0.0));
  }

  /** The pairs from one index up to another, exclusive. */
  PairSample part(int from, int to) {
    int[] rows = IntStream.range(2 * from, 2 * to).toArray();
    return new PairSample(
        policy.select(rows),
        reference.select(rows),
        collisions.select(rows),
        labels.subList(from, to));
  }

  int pairs() {
    return policy.rows() / 2;
  }

  PairBatch batch() {
    return PairBatch.of(policy, reference).withLogCollisions(collisions).withLabels(labels);
  }
}
