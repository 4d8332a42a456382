package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Collections2;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Dpo;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.PlackettLuceDpo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The paper's theorem, run: where preferences follow a reward, minimising DPO's loss gives the
 * policy that RLHF would end at.
 */
class ConvergenceToClosedFormTest {

  private static final int STEPS = 200;

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5})
  void dpo_onExactPreferencesReachesTheOptimum(double beta) {
    ToyWorld world = new ToyWorld(1);
    assertThat(world.divergenceFromOptimum(beta)).isGreaterThan(1e-2);

    trainDpo(world, world.exactComparisons(), beta);

    assertThat(world.divergenceFromOptimum(beta)).isLessThan(1e-6);
  }

  /**
   * How many draws: with m = 36 pairs of K = 9 completions judged n times each, the Fisher
   * information of the rewards is n Σ p(1 − p)(e_i − e_j)(e_i − e_j)ᵀ. Rewards in [0, 0.4] keep p(1
   * − p) above 0.24, so it is n K / 4 in every direction but the constant one, and the fitted
   * rewards' error δ has covariance 4/(nK). To second order KL(π‖π*) = Var_π*(δ/β) / 2, whose mean
   * is at most 2/(nKβ²). n = 2/(K β² 10⁻⁴) makes that 10⁻⁴. The KL is a weighted sum of squares of
   * normals; that it exceeds ten times its mean has a probability of at most P(χ²₁ > 10) = 0.0016,
   * reached if a single direction carried all (Székely and Bakirov 2003, Extremal probabilities for
   * Gaussian quadratic forms).
   */
  @ParameterizedTest
  @CsvSource({"0.05, 900000", "0.1, 225000", "0.5, 9000"})
  void dpo_onSampledPreferencesComesCloseToTheOptimum(double beta, int draws) {
    ToyWorld world = new ToyWorld(2);
    assertThat(world.divergenceFromOptimum(beta)).isGreaterThan(1e-2);

    trainDpo(world, world.sampledComparisons(draws, 3), beta);

    assertThat(world.divergenceFromOptimum(beta)).isLessThan(1e-3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5})
  void plackettLuceDpo_onExactRankingsReachesTheOptimum(double beta) {
    ToyWorld world = new ToyWorld(4);
    List<PromptGroup> groups = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    for (int x = 0; x < ToyWorld.PROMPTS.size(); x++) {
      for (int[] ranking : rankingsOfTriples()) {
        groups.add(ToyWorld.group(x, ranking));
        weights.add(Math.exp(PlackettLuce.logProbability(rewards(world, x, ranking))));
      }
    }
    TokenValues reference = world.reference().logProbs(groups);

    ToyWorld.train(
        world.policy(),
        groups,
        STEPS,
        scores -> new PlackettLuceDpo().evaluate(rankings(scores, reference, weights), beta));

    assertThat(world.divergenceFromOptimum(beta)).isLessThan(1e-6);
  }

  @Test
  void dpo_ofPolicyEqualToItsFrozenCopyStartsAtLn2() {
    ToyWorld world = new ToyWorld(5);

    Evaluation first = trainDpo(world, world.exactComparisons(), 0.1).get(0);

    assertThat(first.loss()).isCloseTo(Math.log(2), within(1e-14));
    assertThat(first.metrics().get("rewards/margins")).isZero();
    assertThat(first.metrics().get("rewards/accuracies")).isZero();
    assertThat(first.metrics().get("gradient_weight")).isEqualTo(0.5);
  }

  @Test
  void dpo_endsAtTheEntropyOfThePreferences() {
    ToyWorld world = new ToyWorld(6);
    List<ToyWorld.Comparison> comparisons = world.exactComparisons();
    double entropy = 0.0;
    for (ToyWorld.Comparison comparison : comparisons) {
      double noise = comparison.label().noise().orElseThrow();
      entropy -= noise * Math.log(noise) + (1 - noise) * Math.log1p(-noise);
    }

    List<Evaluation> evaluations = trainDpo(world, comparisons, 0.1);

    assertThat(evaluations.get(STEPS - 1).loss())
        .isCloseTo(entropy / comparisons.size(), within(1e-9));
  }

  private static List<Evaluation> trainDpo(
      ToyWorld world, List<ToyWorld.Comparison> comparisons, double beta) {
    List<PromptGroup> groups = comparisons.stream().map(ToyWorld.Comparison::group).toList();
    List<PairLabel> labels = comparisons.stream().map(ToyWorld.Comparison::label).toList();
    TokenValues reference = world.reference().logProbs(groups);
    return ToyWorld.train(
        world.policy(),
        groups,
        STEPS,
        scores -> new Dpo().evaluate(PairBatch.of(scores, reference).withLabels(labels), beta));
  }

  /**
   * With the nine completions laid out in a square, all six rankings of each row and of each
   * column: enough to connect them all.
   */
  private static List<int[]> rankingsOfTriples() {
    List<int[]> rankings = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      for (List<Integer> row : Collections2.permutations(List.of(3 * i, 3 * i + 1, 3 * i + 2))) {
        rankings.add(Ints.toArray(row));
      }
      for (List<Integer> column : Collections2.permutations(List.of(i, i + 3, i + 6))) {
        rankings.add(Ints.toArray(column));
      }
    }
    return rankings;
  }

  private static double[] rewards(ToyWorld world, int prompt, int... ranking) {
    double[] rewards = new double[ranking.length];
    for (int k = 0; k < ranking.length; k++) {
      rewards[k] = world.reward(prompt, ranking[k]);
    }
    return rewards;
  }

  private static RankingBatch rankings(
      TokenValues policy, TokenValues reference, List<Double> weights) {
    List<RankingBatch.Ranking> rankings = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      int[] rows = {3 * i, 3 * i + 1, 3 * i + 2};
      rankings.add(
          new RankingBatch.Ranking(policy.select(rows), reference.select(rows), weights.get(i)));
    }
    return RankingBatch.of(rankings);
  }
}
