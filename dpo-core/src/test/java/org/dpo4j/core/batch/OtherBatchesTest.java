package org.dpo4j.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.junit.jupiter.api.Test;

class OtherBatchesTest {
  private static final TokenValues LOG_PROBS =
      TokenValues.of(new double[] {-1.0, -2.0}, new double[] {-3.0});
  private static final TokenValues POSITIVE =
      TokenValues.of(new double[] {-1.0, 0.5}, new double[] {-3.0});
  private static final List<Boolean> THUMBS = List.of(true, false);

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void unpairedBatch_knowsItsExamples() {
    UnpairedBatch batch =
        UnpairedBatch.of(LOG_PROBS, LOG_PROBS.map((r, t) -> -1.0), THUMBS)
            .withWeights(List.of(2.0, 0.0))
            .withKlEstimate(-0.5)
            .withRewardShift(0.25);

    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.completion(0)).isEqualTo(new ScoredCompletion(-3.0, -2.0, 2));
    assertThat(batch.isDesirable(0)).isTrue();
    assertThat(batch.isDesirable(1)).isFalse();
    assertThat(batch.weight(0)).isEqualTo(2.0);
    assertThat(batch.klEstimate()).hasValue(-0.5);
    assertThat(batch.rewardShift()).hasValue(0.25);
    assertThat(batch.totals()).isEqualTo(new Totals(2, 2));
    assertThat(batch.within(new Totals(5, 6)).totals()).isEqualTo(new Totals(5, 6));
  }

  @Test
  void unpairedBatch_refusesWhatItCannotUse() {
    TokenValues one = LOG_PROBS.select(0);

    assertRefused(
        () -> UnpairedBatch.of(TokenValues.of(), TokenValues.of(), List.of()),
        "policy log-probs must have at least one completion, got none");
    assertRefused(
        () -> UnpairedBatch.of(one, one, THUMBS),
        "desirable must be one a completion: 1 completions, got 2");
    assertRefused(
        () -> UnpairedBatch.of(POSITIVE, LOG_PROBS, THUMBS),
        "policy log-prob must be a finite number ≤ 0, got 0.5 at completion 0, token 1");
    assertRefused(
        () -> UnpairedBatch.of(LOG_PROBS, POSITIVE, THUMBS),
        "reference log-prob must be a finite number ≤ 0, got 0.5 at completion 0, token 1");
    assertRefused(
        () -> UnpairedBatch.of(LOG_PROBS, one, THUMBS),
        "policy log-probs has 2 completions, reference log-probs has 1: they must be equal");
    UnpairedBatch batch = UnpairedBatch.of(LOG_PROBS, LOG_PROBS, THUMBS);
    assertRefused(
        () -> batch.withWeights(List.of(1.0)), "weights must be one an example: 2 examples, got 1");
    assertRefused(
        () -> batch.withWeights(List.of(1.0, -1.0)),
        "weight must be a finite number ≥ 0, got -1.0");
    assertRefused(
        () -> batch.withKlEstimate(Double.NaN), "klEstimate must be a finite number, got NaN");
    assertRefused(
        () -> batch.withRewardShift(Double.POSITIVE_INFINITY),
        "rewardShift must be a finite number, got Infinity");
  }

  @Test
  void ranking_hasLogRatios() {
    Ranking ranking = new Ranking(LOG_PROBS, LOG_PROBS.map((r, t) -> -1.0), 1.0);
    RankingBatch batch = RankingBatch.of(List.of(ranking, ranking));

    assertThat(ranking.logRatios()).containsExactly(-1.0, -2.0);
    assertThat(batch.totals()).isEqualTo(new Totals(2, 4));
    assertThat(batch.within(new Totals(9, 9)).totals()).isEqualTo(new Totals(9, 9));
  }

  @Test
  void ranking_refusesWhatItCannotUse() {
    TokenValues one = LOG_PROBS.select(0);

    assertRefused(
        () -> new Ranking(one, one, 1.0), "a ranking must have at least 2 completions, got 1");
    assertRefused(
        () -> new Ranking(LOG_PROBS, one, 1.0),
        "policy log-probs has 2 completions, reference log-probs has 1: they must be equal");
    assertRefused(
        () -> new Ranking(POSITIVE, LOG_PROBS, 1.0),
        "policy log-prob must be a finite number ≤ 0, got 0.5 at completion 0, token 1");
    assertRefused(
        () -> new Ranking(LOG_PROBS, POSITIVE, 1.0),
        "reference log-prob must be a finite number ≤ 0, got 0.5 at completion 0, token 1");
    assertRefused(
        () -> new Ranking(LOG_PROBS, LOG_PROBS, -1.0),
        "weight must be a finite number ≥ 0, got -1.0");
    assertRefused(
        () -> RankingBatch.of(List.of()), "rankings must have at least one element, got none");
  }

  @Test
  void rewardBatch_refusesWhatItCannotUse() {
    assertRefused(
        () -> RewardBatch.of(List.of(), List.of()),
        "chosen rewards must have at least one value, got none");
    assertRefused(
        () -> RewardBatch.of(List.of(1.0, 2.0), List.of(1.0)),
        "chosen rewards, rejected rewards and labels must be equally many, got 2, 1 and 2");
    assertRefused(
        () -> RewardBatch.of(List.of(1.0), List.of(1.0)).withLabels(List.of()),
        "chosen rewards, rejected rewards and labels must be equally many, got 1, 1 and 0");
    assertRefused(
        () -> RewardBatch.of(List.of(Double.NaN), List.of(1.0)),
        "chosen reward must be a finite number, got NaN");
    assertRefused(
        () -> RewardBatch.of(List.of(1.0), List.of(Double.NEGATIVE_INFINITY)),
        "rejected reward must be a finite number, got -Infinity");
  }

  @Test
  void rewardBatch_hasPlainLabelsByDefault() {
    RewardBatch batch = RewardBatch.of(List.of(1.0, 2.0), List.of(0.0, 0.5));

    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.labels()).containsExactly(PairLabel.PLAIN, PairLabel.PLAIN);
    assertThat(batch.totals()).isEqualTo(new Totals(2, 0));
    assertThat(batch.within(new Totals(4, 0)).totals().examples()).isEqualTo(4);
  }
}
