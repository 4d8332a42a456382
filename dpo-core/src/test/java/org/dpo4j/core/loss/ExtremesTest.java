package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.KnownObjectives.Known;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Loss, gradient and metrics stay finite wherever log-probabilities can go. */
class ExtremesTest {

  static ImmutableList<Known> objectives() {
    ImmutableList<Known> all = KnownObjectives.all();
    assertThat(all).hasSizeGreaterThanOrEqualTo(50);
    return all;
  }

  static ImmutableMap<String, PairSample> samples() {
    return ImmutableMap.<String, PairSample>builder()
        .put("log-ratios +700 and +700", PairSample.ofTokens(-1.0, -2.0, -701.0, -702.0))
        .put("log-ratios +700 and -700", PairSample.ofTokens(-1.0, -702.0, -701.0, -2.0))
        .put("log-ratios -700 and +700", PairSample.ofTokens(-701.0, -2.0, -1.0, -702.0))
        .put("log-ratios -700 and -700", PairSample.ofTokens(-701.0, -702.0, -1.0, -2.0))
        .put("log-ratios +1e4 and -1e4", PairSample.ofTokens(-1.0, -10001.0, -10001.0, -1.0))
        .put("log-ratios -1e4 and +1e4", PairSample.ofTokens(-10001.0, -1.0, -1.0, -10001.0))
        .put("all -1e4", PairSample.ofTokens(-1e4, -1e4, -1e4, -1e4))
        .put("log-probs of 0", PairSample.ofTokens(0.0, 0.0, -1.0, -1.0))
        .put("log-probs of -0", PairSample.ofTokens(-0.0, -0.0, -0.0, -0.0))
        .put("chosen certain", PairSample.ofTokens(0.0, -3.0, -1.0, -1.0))
        .put("rejected certain", PairSample.ofTokens(-3.0, 0.0, -1.0, -1.0))
        .put("log-probs of -1e-300", PairSample.ofTokens(-1e-300, -1e-300, -1e-300, -1.0))
        .put("chosen -1e-300, rejected -1e4", PairSample.ofTokens(-1e-300, -1e4, -1.0, -1.0))
        .put("equal completions", equalCompletions())
        .put("300 tokens of -1e4 against one", longAgainstShort())
        .put("everything at once", everything())
        .buildOrThrow();
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void pairObjective_staysFinite(Known known) {
    samples()
        .forEach(
            (name, sample) -> {
              Evaluation evaluation = known.objective().evaluate(sample.batch(), known.beta());

              assertFinite(name, evaluation);
            });
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void pairObjective_staysFiniteWithLabels(Known known) {
    if (known.objective().traits().couplesBatch()) {
      return; // refuses weights and noise
    }
    Random random = new Random(17);
    samples()
        .forEach(
            (name, sample) -> {
              PairSample labelled = sample.withRandomLabels(random);
              assertFinite(name, known.objective().evaluate(labelled.batch(), known.beta()));
            });
  }

  @ParameterizedTest
  @MethodSource("unpaired")
  void unpairedObjective_staysFinite(UnpairedObjective objective) {
    samples()
        .forEach(
            (name, sample) -> {
              List<Boolean> desirable =
                  Stream.iterate(true, thumb -> !thumb).limit(sample.policy().rows()).toList();
              for (double shared : new double[] {0.0, 700.0, -700.0}) {
                UnpairedBatch batch =
                    UnpairedBatch.of(sample.policy(), sample.reference(), desirable)
                        .withKlEstimate(shared)
                        .withRewardShift(shared);
                assertFinite(name, objective.evaluate(batch, 1.0));
              }
            });
  }

  static List<UnpairedObjective> unpaired() {
    return List.of(new Kto(1.0, 1.5), new Bco());
  }

  @ParameterizedTest
  @MethodSource("rankings")
  void plackettLuce_staysFinite(Map.Entry<String, PairSample> named) {
    PairSample sample = named.getValue();
    Ranking ranking = new Ranking(sample.policy(), sample.reference(), 1.0);

    assertFinite(
        named.getKey(), new PlackettLuceDpo().evaluate(RankingBatch.of(List.of(ranking)), 1.0));
  }

  static ImmutableList<Map.Entry<String, PairSample>> rankings() {
    return samples().entrySet().asList();
  }

  @ParameterizedTest
  @MethodSource("rewards")
  void rewardModel_staysFinite(double chosen, double rejected) {
    RewardModelLoss.Result result =
        new RewardModelLoss(0.01).evaluate(RewardBatch.of(List.of(chosen), List.of(rejected)));

    assertThat(result.loss()).isFinite();
    assertThat(result.chosen().get(0)).isFinite();
    assertThat(result.rejected().get(0)).isFinite();
  }

  static double[][] rewardPairs() {
    return new double[][] {{1e4, -1e4}, {-1e4, 1e4}, {700, 700}, {0.0, -0.0}, {1e-300, -1e-300}};
  }

  static List<Arguments> rewards() {
    return Arrays.stream(rewardPairs()).map(pair -> Arguments.of(pair[0], pair[1])).toList();
  }

  private static void assertFinite(String name, Evaluation evaluation) {
    assertThat(evaluation.loss()).as("loss at %s", name).isFinite();
    assertThat(Close.isFinite(evaluation.gradient()))
        .as("finite gradient at %s: %s", name, evaluation.gradient())
        .isTrue();
    evaluation
        .metrics()
        .asMap()
        .forEach((metric, value) -> assertThat(value).as("%s at %s", metric, name).isFinite());
  }

  private static PairSample equalCompletions() {
    double[] row = {-0.5, -1.5, -2.5};
    TokenValues both = TokenValues.of(row, row);
    return PairSample.of(both, both);
  }

  private static PairSample longAgainstShort() {
    TokenValues policy = TokenValues.generate(new int[] {300, 1}, (row, token) -> -1e4);
    return PairSample.of(policy, policy.map((row, token) -> -1.0));
  }

  private static PairSample everything() {
    TokenValues policy =
        TokenValues.of(
            new double[] {-1e4}, new double[] {0.0, -1e-300},
            new double[] {-700.0, -1.0}, new double[] {-1e4, -1e4, -1e4},
            new double[] {-0.0}, new double[] {-1.0});
    TokenValues reference =
        TokenValues.of(
            new double[] {0.0}, new double[] {-1e4, -700.0},
            new double[] {0.0, -1.0}, new double[] {-1.0, -1.0, -1e4},
            new double[] {-700.0}, new double[] {-701.0});
    return PairSample.of(policy, reference);
  }
}
