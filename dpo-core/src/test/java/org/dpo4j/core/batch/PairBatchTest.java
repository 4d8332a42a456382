package org.dpo4j.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairBatchTest {
  private static final TokenValues POLICY =
      TokenValues.of(
          new double[] {-1.0, -2.0}, new double[] {-3.0},
          new double[] {-0.5}, new double[] {-1.5, -2.5, -3.5});
  private static final TokenValues REFERENCE = POLICY.map((row, token) -> -1.0);

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static TokenValues with(TokenValues values, int row, int token, double value) {
    return values.map((r, t) -> r == row && t == token ? value : values.get(r, t));
  }

  @Test
  void pair_hasSumsAndLengths() {
    PairBatch batch = PairBatch.of(POLICY, REFERENCE);

    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.hasReference()).isTrue();
    assertThat(batch.pair(0))
        .isEqualTo(
            new Pair(
                new ScoredCompletion(-3.0, -2.0, 2),
                new ScoredCompletion(-3.0, -1.0, 1),
                0.0,
                OptionalDouble.empty()));
    assertThat(batch.pair(1).rejected().logRatio()).isEqualTo(-4.5);
    assertThat(batch.pair(1).rejected().meanLogProb()).isEqualTo(-2.5);
    assertThat(batch.totals()).isEqualTo(new Totals(2, 3));
  }

  @Test
  void pairWithoutReference_hasNoLogRatio() {
    PairBatch batch = PairBatch.of(POLICY);

    assertThat(batch.hasReference()).isFalse();
    assertThat(batch.pair(0).chosen().logRatio()).isNaN();
    assertRefused(
        batch::reference, "the batch has no reference log-probs; give them with withReference(…)");
    assertRefused(
        batch::logCollisions,
        "the batch has no log-collisions; give them with withLogCollisions(…)");
  }

  @Test
  void labels_reachThePair() {
    PairLabel label = PairLabel.PLAIN.withMargin(1.5).withNoise(0.25);

    Pair pair = PairBatch.of(POLICY).withLabels(List.of(label, PairLabel.PLAIN)).pair(0);

    assertThat(pair.margin()).isEqualTo(1.5);
    assertThat(pair.noise()).hasValue(0.25);
    assertThat(pair.swapped().margin()).isEqualTo(-1.5);
    assertThat(pair.swapped().chosen()).isEqualTo(pair.rejected());
    assertThat(pair.swapped().noise()).hasValue(0.25);
    assertThat(pair.swapped().swapped()).isEqualTo(pair);
  }

  @Test
  void tokenWeights_countInSumsAndGradients() {
    TokenValues weights = with(POLICY.map((row, token) -> 1.0), 3, 2, 0.5);
    PairBatch batch = PairBatch.of(POLICY, REFERENCE).withTokenWeights(weights);

    assertThat(batch.pair(1).rejected()).isEqualTo(new ScoredCompletion(-5.75, -2.5, 3));
    assertThat(batch.spread(1.0, 2.0, 3.0, 4.0))
        .isEqualTo(
            TokenValues.of(
                new double[] {1, 1}, new double[] {2}, new double[] {3}, new double[] {4, 4, 2}));
  }

  @Test
  void tokenWeights_givenTwice_multiply() {
    TokenValues half = POLICY.map((row, token) -> 0.5);

    PairBatch batch = PairBatch.of(POLICY).withTokenWeights(half).withTokenWeights(half);

    assertThat(batch.pair(0).chosen().logProb()).isEqualTo(POLICY.sum(0) / 4);
  }

  @Test
  void changedCopies_keepEverythingElse() {
    PairLabel label = PairLabel.PLAIN.withWeight(2.0);
    PairBatch batch =
        PairBatch.of(POLICY, REFERENCE)
            .withLogCollisions(POLICY)
            .withLabels(List.of(label, label))
            .withTokenWeights(POLICY.map((row, token) -> 0.5))
            .within(new Totals(10, 20));

    assertThat(batch.policy()).isEqualTo(POLICY);
    assertThat(batch.reference()).isEqualTo(REFERENCE);
    assertThat(batch.logCollisions()).isEqualTo(POLICY);
    assertThat(batch.labels()).containsExactly(label, label);
    assertThat(batch.totals()).isEqualTo(new Totals(10, 20));
    assertThat(batch.withReference(POLICY).pair(0).chosen().referenceLogProb()).isEqualTo(-1.5);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {Double.NaN, 1e-9, 1.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void logProbs_mustBeFiniteAndNotPositive(double value) {
    TokenValues bad = with(POLICY, 3, 1, value);
    String rest = " must be a finite number ≤ 0, got " + value + " at completion 3, token 1";

    assertRefused(() -> PairBatch.of(bad), "policy log-prob" + rest);
    assertRefused(() -> PairBatch.of(bad, REFERENCE), "policy log-prob" + rest);
    assertRefused(() -> PairBatch.of(POLICY, bad), "reference log-prob" + rest);
    assertRefused(() -> PairBatch.of(POLICY).withLogCollisions(bad), "log-collision" + rest);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.0, -1e-300, -1e300})
  void logProbs_mayBeAnythingElse(double value) {
    TokenValues edge = with(POLICY, 3, 1, value);

    assertThat(PairBatch.of(edge, edge).policy().get(3, 1)).isEqualTo(value);
  }

  @Test
  void emptyCompletion_isRefused() {
    assertRefused(
        () -> PairBatch.of(TokenValues.of(new double[] {-1}, new double[0])),
        "policy log-prob: completion 1 is empty; it must have at least one token");
  }

  @Test
  void rows_mustComeInPairs() {
    String start =
        "policy log-probs must have chosen and rejected rows in turn, at least one pair; got ";

    assertRefused(() -> PairBatch.of(POLICY.select(0, 1, 2)), start + "3 rows");
    assertRefused(() -> PairBatch.of(TokenValues.of()), start + "0 rows");
  }

  @Test
  void shapes_mustBeEqual() {
    TokenValues fewer = REFERENCE.select(0, 1);
    TokenValues shorter =
        TokenValues.of(
            new double[] {-1.0, -2.0}, new double[] {-3.0}, new double[] {-1}, new double[] {-1});

    assertRefused(
        () -> PairBatch.of(POLICY, fewer),
        "policy log-probs has 4 completions, reference log-probs has 2: they must be equal");
    assertRefused(
        () -> PairBatch.of(POLICY, shorter),
        "policy log-probs has 3 tokens in completion 3, reference log-probs has 1: they must be"
            + " equal");
    assertRefused(
        () -> PairBatch.of(POLICY).withLogCollisions(fewer),
        "policy log-probs has 4 completions, log-collisions has 2: they must be equal");
    assertRefused(
        () -> PairBatch.of(POLICY).withTokenWeights(shorter),
        "policy log-probs has 3 tokens in completion 3, token weights has 1: they must be equal");
  }

  @Test
  void labels_mustBeOneAPair() {
    assertRefused(
        () -> PairBatch.of(POLICY).withLabels(List.of(PairLabel.PLAIN)),
        "labels must be one a pair: 2 pairs, got 1");
  }

  @Test
  void tokenWeights_mustNotBeNegative() {
    assertRefused(
        () -> PairBatch.of(POLICY).withTokenWeights(POLICY.map((row, token) -> -0.5)),
        "token weight must be a finite number ≥ 0, got -0.5");
  }

  @Test
  void spread_needsOneValueACompletion() {
    assertRefused(
        () -> PairBatch.of(POLICY).spread(1.0, 2.0),
        "perCompletion must have one value a completion: 4 completions, got 2");
  }

  @Test
  void label_rangesAreChecked() {
    assertRefused(
        () -> PairLabel.PLAIN.withWeight(-1.0), "weight must be a finite number ≥ 0, got -1.0");
    assertRefused(
        () -> PairLabel.PLAIN.withMargin(-0.5), "margin must be a finite number ≥ 0, got -0.5");
    assertRefused(
        () -> PairLabel.PLAIN.withMargin(Double.NaN),
        "margin must be a finite number ≥ 0, got NaN");
    for (double noise : new double[] {-0.1, 0.5, Double.NaN}) {
      assertRefused(
          () -> PairLabel.PLAIN.withNoise(noise), "label noise must be in [0, 0.5), got " + noise);
    }
    assertThat(PairLabel.PLAIN).isEqualTo(new PairLabel(1.0, 0.0, OptionalDouble.empty()));
  }

  @Test
  void totals_areChecked() {
    assertRefused(() -> new Totals(0, 1), "examples must be ≥ 1, got 0");
    assertRefused(() -> new Totals(1, -1), "targetTokens must be ≥ 0, got -1");
  }
}
