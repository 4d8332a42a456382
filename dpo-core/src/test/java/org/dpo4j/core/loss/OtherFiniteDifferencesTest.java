package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.loss.Differences.assertGradient;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gradient of every objective that isn't about pairs, and of every divergence, is the
 * derivative of its value.
 */
class OtherFiniteDifferencesTest {

  static ImmutableList<UnpairedObjective> unpaired() {
    return ImmutableList.of(new Kto(1.0, 1.0), new Kto(1.5, 0.25), new Kto(0.0, 2.0), new Bco());
  }

  @ParameterizedTest
  @MethodSource("unpaired")
  void unpairedGradient_isDerivativeOfLoss(UnpairedObjective objective) {
    Random random = new Random(7);
    for (int pairs : new int[] {1, 1, 4}) {
      for (double klEstimate : new double[] {-0.5, 0.0, 1.25}) {
        PairSample sample = PairSample.random(random, pairs);
        List<Boolean> desirable = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (int i = 0; i < 2 * pairs; i++) {
          desirable.add(i == 0 || random.nextBoolean());
          weights.add(2.0 * random.nextDouble());
        }
        weights.set(1, 1.0);
        desirable.set(1, false);
        Differences.Moved moved =
            (row, token, by) ->
                objective
                    .evaluate(
                        unpaired(sample.shifted(row, token, by), desirable, weights, klEstimate),
                        0.4)
                    .loss();
        TokenValues gradient =
            objective.evaluate(unpaired(sample, desirable, weights, klEstimate), 0.4).gradient();

        assertGradient(gradient, moved);
        assertThat(Close.norm(gradient)).isPositive();
      }
    }
  }

  private static UnpairedBatch unpaired(
      PairSample sample, List<Boolean> desirable, List<Double> weights, double shared) {
    return UnpairedBatch.of(sample.policy(), sample.reference(), desirable)
        .withWeights(weights)
        .withKlEstimate(shared)
        .withRewardShift(shared);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 6})
  void plackettLuceGradient_isDerivativeOfLoss(int completions) {
    Random random = new Random(11);
    for (int rankings : new int[] {1, 3}) {
      PairSample sample = PairSample.random(random, rankings * completions);
      Differences.Moved moved =
          (row, token, by) ->
              new PlackettLuceDpo()
                  .evaluate(rankings(sample.shifted(row, token, by), rankings, completions), 0.6)
                  .loss();
      TokenValues gradient =
          new PlackettLuceDpo().evaluate(rankings(sample, rankings, completions), 0.6).gradient();

      assertGradient(gradient, moved);
      assertThat(gradient.rows()).isEqualTo(rankings * completions);
      assertThat(Close.norm(gradient)).isPositive();
    }
  }

  /** The sample's first rows, so many a ranking; weights 0.5, 1, 1.5, … */
  private static RankingBatch rankings(PairSample sample, int rankings, int completions) {
    List<Ranking> all = new ArrayList<>();
    for (int i = 0; i < rankings; i++) {
      int[] rows = new int[completions];
      for (int k = 0; k < completions; k++) {
        rows[k] = i * completions + k;
      }
      all.add(
          new Ranking(
              sample.policy().select(rows), sample.reference().select(rows), 0.5 * (i + 1)));
    }
    return RankingBatch.of(all);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.01, 1.0})
  void rewardModelGradient_isDerivativeOfLoss(double centering) {
    Random random = new Random(13);
    RewardModelLoss loss = new RewardModelLoss(centering);
    List<Double> chosen = new ArrayList<>();
    List<Double> rejected = new ArrayList<>();
    List<PairLabel> labels = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      chosen.add(2.0 * random.nextGaussian());
      rejected.add(2.0 * random.nextGaussian());
      labels.add(
          PairLabel.PLAIN.withMargin(random.nextDouble()).withWeight(0.1 + random.nextDouble()));
    }
    RewardModelLoss.Result result =
        loss.evaluate(RewardBatch.of(chosen, rejected).withLabels(labels));

    Differences.Moved moved =
        (row, token, by) ->
            loss.evaluate(
                    RewardBatch.of(
                            row == 0 ? moved(chosen, token, by) : chosen,
                            row == 1 ? moved(rejected, token, by) : rejected)
                        .withLabels(labels))
                .loss();
    assertGradient(TokenValues.of(array(result.chosen()), array(result.rejected())), moved);
  }

  @Test
  void rewardRegressionGradient_isDerivativeOfLoss() {
    Random random = new Random(17);
    List<List<Double>> rewards = new ArrayList<>();
    List<PairLabel> labels = new ArrayList<>();
    for (int series = 0; series < 4; series++) {
      rewards.add(random.doubles(5, -3, 3).boxed().toList());
    }
    for (int i = 0; i < 5; i++) {
      labels.add(PairLabel.PLAIN.withWeight(0.1 + random.nextDouble()));
    }
    RewardBatch teacher = RewardBatch.of(rewards.get(2), rewards.get(3));
    RewardModelLoss.Result result =
        new RewardRegressionLoss()
            .evaluate(RewardBatch.of(rewards.get(0), rewards.get(1)).withLabels(labels), teacher);

    Differences.Moved moved =
        (row, token, by) ->
            new RewardRegressionLoss()
                .evaluate(
                    RewardBatch.of(
                            row == 0 ? moved(rewards.get(0), token, by) : rewards.get(0),
                            row == 1 ? moved(rewards.get(1), token, by) : rewards.get(1))
                        .withLabels(labels),
                    teacher)
                .loss();
    assertGradient(TokenValues.of(array(result.chosen()), array(result.rejected())), moved);
  }

  private static List<Double> moved(List<Double> values, int index, double by) {
    List<Double> copy = new ArrayList<>(values);
    copy.set(index, copy.get(index) + by);
    return copy;
  }

  private static double[] array(ImmutableDoubleArray values) {
    assertThat(values.length()).isEqualTo(5);
    return values.toArray();
  }

  static ImmutableList<FDivergence> divergences() {
    return ImmutableList.of(
        new FDivergence.ReverseKl(),
        new FDivergence.ForwardKl(),
        new FDivergence.JensenShannon(),
        new FDivergence.Alpha(-1.0),
        new FDivergence.Alpha(0.0),
        new FDivergence.Alpha(0.5),
        new FDivergence.Alpha(0.999),
        new FDivergence.Alpha(2.0));
  }

  @ParameterizedTest
  @MethodSource("divergences")
  void divergenceSlope_isDerivativeOfScore(FDivergence divergence) {
    double h = 1e-5;
    assertThat(divergence.score(0.0)).isZero();
    for (double u : new double[] {-6.0, -2.5, -0.3, 0.0, 0.4, 1.7, 5.0}) {
      double central = (divergence.score(u + h) - divergence.score(u - h)) / (2.0 * h);
      double slope = divergence.slope(u);

      assertThat(slope).isPositive().isCloseTo(central, within(1e-7 * Math.max(1e-2, slope)));
    }
  }
}
