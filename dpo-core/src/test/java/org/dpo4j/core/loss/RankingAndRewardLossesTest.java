package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.loss.Close.assertClose;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;

class RankingAndRewardLossesTest {
  private static final double TINY = 1e-13;

  @Test
  void plackettLuce_ofTwoIsDpo() {
    PairSample sample = PairSample.random(new Random(41), 4);
    List<Ranking> rankings = new ArrayList<>();
    for (int i = 0; i < sample.pairs(); i++) {
      PairSample pair = sample.part(i, i + 1);
      rankings.add(new Ranking(pair.policy(), pair.reference(), 1.0));
    }

    Evaluation ranking = new PlackettLuceDpo().evaluate(RankingBatch.of(rankings), 0.7);

    Evaluation dpo = new Dpo().evaluate(sample.batch(), 0.7);
    assertClose("loss", ranking.loss(), dpo.loss(), TINY, 0.0);
    assertClose(ranking.gradient(), dpo.gradient(), TINY, 1e-15);
    assertThat(ranking.metrics().names()).hasSize(4);
    for (String name : ranking.metrics().names()) {
      assertClose(name, ranking.metrics().get(name), dpo.metrics().get(name), TINY, 1e-15);
    }
  }

  @Test
  void plackettLuce_atReferenceIsLogFactorial() {
    TokenValues logProbs = TokenValues.generate(new int[] {1, 2, 1, 3}, (row, token) -> -1.0);
    Ranking ranking = new Ranking(logProbs, logProbs, 1.0);

    Evaluation evaluation = new PlackettLuceDpo().evaluate(RankingBatch.of(List.of(ranking)), 1.0);

    // Every order of four equals is as likely as any other; slopes are -(1 - sum_{k<=i} 1/(K-k+1))
    assertThat(evaluation.loss()).isCloseTo(Math.log(24.0), within(TINY));
    assertThat(evaluation.gradient().get(0, 0)).isCloseTo(-(1 - 1 / 4.0), within(TINY));
    assertThat(evaluation.gradient().get(1, 1)).isCloseTo(-(1 - 1 / 4.0 - 1 / 3.0), within(TINY));
    assertThat(evaluation.gradient().get(2, 0))
        .isCloseTo(-(1 - 1 / 4.0 - 1 / 3.0 - 1 / 2.0), within(TINY));
    assertThat(evaluation.gradient().get(3, 2))
        .isCloseTo(1 / 4.0 + 1 / 3.0 + 1 / 2.0, within(TINY));
    assertThat(evaluation.metrics().get("rewards/accuracies")).isZero();
  }

  @Test
  void plackettLuce_weighsRankings() {
    PairSample sample = PairSample.random(new Random(43), 2);
    Ranking plain = new Ranking(sample.policy(), sample.reference(), 1.0);
    Ranking twice = new Ranking(sample.policy(), sample.reference(), 2.0);

    Evaluation one = new PlackettLuceDpo().evaluate(RankingBatch.of(List.of(plain)), 0.5);
    Evaluation two = new PlackettLuceDpo().evaluate(RankingBatch.of(List.of(twice)), 0.5);

    assertClose("loss", two.loss(), 2.0 * one.loss(), TINY, 0.0);
    TokenValues gradient = one.gradient();
    assertClose(two.gradient(), gradient.map((r, t) -> 2.0 * gradient.get(r, t)), TINY, 0.0);
  }

  @Test
  void rewardModel_isBradleyTerryWithAMargin() {
    RewardBatch batch =
        RewardBatch.of(List.of(2.0), List.of(0.5))
            .withLabels(List.of(PairLabel.PLAIN.withMargin(0.5).withWeight(2.0)));

    RewardModelLoss.Result result = new RewardModelLoss(0.0).evaluate(batch);

    double sigma = 1.0 / (1.0 + Math.exp(1.0));
    assertThat(result.loss()).isCloseTo(2.0 * Math.log1p(Math.exp(-1.0)), within(TINY));
    assertThat(result.chosen().get(0)).isCloseTo(-2.0 * sigma, within(TINY));
    assertThat(result.rejected().get(0)).isCloseTo(2.0 * sigma, within(TINY));
  }

  @Test
  void rewardModel_takesAPairsNoiseAsItsExpectation() {
    RewardBatch batch = RewardBatch.of(List.of(1.5), List.of(0.25));
    PairLabel label = PairLabel.PLAIN.withMargin(0.5);
    RewardModelLoss loss = new RewardModelLoss(0.01);

    RewardModelLoss.Result noisy = loss.evaluate(batch.withLabels(List.of(label.withNoise(0.2))));

    // z = 0.75; the centering term does not depend on which answer won
    double right = Math.log1p(Math.exp(-0.75));
    double wrong = Math.log1p(Math.exp(0.75));
    double sigma = 1 / (1 + Math.exp(-0.75));
    double centre = 2 * 0.01 * 1.75;
    assertClose("loss", noisy.loss(), 0.8 * right + 0.2 * wrong + 0.01 * 1.75 * 1.75, TINY, 0.0);
    double slope = -0.8 * (1 - sigma) + 0.2 * sigma;
    assertClose("chosen", noisy.chosen().get(0), slope + centre, TINY, 0.0);
    assertClose("rejected", noisy.rejected().get(0), -slope + centre, TINY, 0.0);
  }

  @Test
  void centering_pullsTheSumOfRewardsToZero() {
    RewardBatch batch = RewardBatch.of(List.of(3.0, 1.0), List.of(1.0, -1.0));
    RewardModelLoss.Result free = new RewardModelLoss(0.0).evaluate(batch);

    RewardModelLoss.Result centred = new RewardModelLoss(0.01).evaluate(batch);

    // Sums 4 and 0: the first pair adds 0.01 * 16 / 2 to the loss and 2 * 0.01 * 4 / 2 to both
    // slopes
    assertThat(centred.loss() - free.loss()).isCloseTo(0.08, within(TINY));
    assertThat(centred.chosen().get(0) - free.chosen().get(0)).isCloseTo(0.04, within(TINY));
    assertThat(centred.rejected().get(0) - free.rejected().get(0)).isCloseTo(0.04, within(TINY));
    assertThat(centred.chosen().get(1)).isEqualTo(free.chosen().get(1));
    assertThat(centred.rejected().get(1)).isEqualTo(free.rejected().get(1));
  }

  @Test
  void rewardModel_metrics() {
    RewardBatch batch = RewardBatch.of(List.of(3.0, 1.0), List.of(1.0, 1.0));

    assertThat(new RewardModelLoss(0.01).evaluate(batch).metrics().asMap())
        .isEqualTo(
            ImmutableMap.of(
                "rewards/chosen", 2.0,
                "rewards/rejected", 1.0,
                "rewards/accuracies", 0.5,
                "rewards/margins", 1.0));
  }

  @Test
  void rewardRegression_isTheMeanSquaredErrorOfCompletions() {
    RewardBatch batch = RewardBatch.of(List.of(3.0, 1.0), List.of(1.0, 1.0));
    RewardBatch teacher = RewardBatch.of(List.of(2.0, 1.0), List.of(-1.0, 1.0));

    RewardModelLoss.Result result = new RewardRegressionLoss().evaluate(batch, teacher);

    // Errors 1, 2, 0 and 0
    assertThat(result.loss()).isCloseTo((1.0 + 4.0) / 4.0, within(TINY));
    assertThat(result.chosen().asList()).containsExactly(0.5, 0.0);
    assertThat(result.rejected().asList()).containsExactly(1.0, 0.0);
    assertThat(result.metrics().asMap())
        .isEqualTo(new RewardModelLoss(0).evaluate(batch).metrics().asMap());
  }

  @Test
  void rewardRegression_refusesATeacherOfOtherPairs() {
    RewardBatch one = RewardBatch.of(List.of(1.0), List.of(0.0));
    RewardBatch two = RewardBatch.of(List.of(1.0, 1.0), List.of(0.0, 0.0));

    assertThatThrownBy(() -> new RewardRegressionLoss().evaluate(two, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("teacher must have rewards for as many pairs as the batch, 2, got 1");
  }
}
