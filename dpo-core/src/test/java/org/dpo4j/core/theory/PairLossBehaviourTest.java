package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.theory.RandomDistribution.logs;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Dpo;
import org.dpo4j.core.loss.Dpop;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.Ipo;
import org.dpo4j.core.loss.PairLoss;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What pair losses do where DPO's theorem doesn't help: too little data, and labels without noise.
 */
class PairLossBehaviourTest {

  private static final WordTokenizer VOCABULARY = WordTokenizer.of(List.of("A", "B"));
  private static final int A = 1;
  private static final int B = 2;

  /**
   * A unigram policy that says A with 0.9, and a pair in which both sides say B but the rejected
   * one more often. The gap of log-ratios is 2 (Δlog p(A) − Δlog p(B)); p(A) can hardly rise, so
   * DPO widens the gap by lowering p(B), and the chosen side's B pays.
   */
  private static final class Squeeze {
    final TabularPolicy policy = TabularPolicy.of(VOCABULARY, 0);
    final List<PromptGroup> pair =
        List.of(
            PromptGroup.of(
                ImmutableIntArray.of(),
                List.of(ImmutableIntArray.of(A, A, B), ImmutableIntArray.of(B, B, B))));

    Squeeze() {
      policy.setLogits(ImmutableIntArray.of(), logs(0.05, 0.9, 0.05));
    }

    List<Evaluation> train(PairLoss loss) {
      return PairLossBehaviourTest.train(policy, pair, loss, 0.1, 0.02, 3000);
    }
  }

  @Test
  void dpo_mayLowerTheChosenCompletionWhileItsLossFalls() {
    List<Evaluation> evaluations = new Squeeze().train(new Dpo());

    assertThat(evaluations)
        .extracting(Evaluation::loss)
        .isSortedAccordingTo((earlier, later) -> Double.compare(later, earlier));
    Evaluation last = evaluations.get(evaluations.size() - 1);
    assertThat(last.loss()).isLessThan(0.9 * Math.log(2));
    assertThat(last.metrics().get("rewards/accuracies")).isEqualTo(1.0);
    assertThat(last.metrics().get("logps/chosen"))
        .isLessThan(evaluations.get(0).metrics().get("logps/chosen") - 0.5);
    assertThat(last.metrics().get("logratios/chosen")).isLessThan(-0.5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {5, 50})
  void dpop_keepsTheChosenCompletionAsLikelyWhileItsLossFalls(double lambda) {
    List<Evaluation> evaluations = new Squeeze().train(new Dpop(lambda));

    Evaluation last = evaluations.get(evaluations.size() - 1);
    assertThat(last.loss()).isLessThan(Math.log(2) - 1e-3);
    assertThat(evaluations)
        .allSatisfy(
            evaluation ->
                assertThat(evaluation.metrics().get("logratios/chosen")).isGreaterThan(-0.05));
  }

  /**
   * With one pair always labelled the same way DPO's gradient never vanishes. Gradient descent
   * moves z = β·gap at a speed proportional to σ(−z) ≈ e^−z, so z grows like the log of the number
   * of steps: ten times the steps add about ln 10 to it, again and again.
   */
  @Test
  void dpo_onAPreferenceWithoutNoiseWidensTheGapWithoutEnd() {
    double beta = 0.5;
    List<Evaluation> evaluations = trainOnePair(new Dpo(), beta, 1.0, 5000);

    double gap50 = gap(evaluations.get(49));
    double gap500 = gap(evaluations.get(499));
    double gap5000 = gap(evaluations.get(4999));
    assertThat(gap50).isGreaterThan(4 / (2 * beta));
    assertThat(beta * (gap500 - gap50)).isCloseTo(Math.log(10), within(0.2));
    assertThat(beta * (gap5000 - gap500)).isCloseTo(Math.log(10), within(0.2));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5})
  void ipoSummed_onAPreferenceWithoutNoiseSettlesAtItsTarget(double beta) {
    Ipo ipo = new Ipo(Ipo.Convention.SUMMED);

    List<Evaluation> evaluations = trainOnePair(ipo, beta, 0.05, 2000);

    assertThat(gap(evaluations.get(199))).isCloseTo(1 / (2 * beta), within(1e-3));
    assertThat(gap(evaluations.get(1999))).isCloseTo(1 / (2 * beta), within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5})
  void ipoPerToken_onAPreferenceWithoutNoiseSettlesAtItsTargetPerToken(double beta) {
    TabularPolicy policy = TabularPolicy.of(VOCABULARY);
    List<PromptGroup> pair = pair(ImmutableIntArray.of(A, B), ImmutableIntArray.of(B, A, B, 0));
    TokenValues reference = policy.logProbs(pair);

    train(policy, pair, new Ipo(Ipo.Convention.PER_TOKEN), beta, 0.1, 2000);

    TokenValues trained = policy.logProbs(pair);
    double chosen = (trained.sum(0) - reference.sum(0)) / 2;
    double rejected = (trained.sum(1) - reference.sum(1)) / 4;
    assertThat(chosen - rejected).isCloseTo(1 / (2 * beta), within(1e-3));
  }

  private static double gap(Evaluation evaluation) {
    return evaluation.metrics().get("logratios/gap");
  }

  /** A uniform policy and two completions of equal length that share no token in any place. */
  private static List<Evaluation> trainOnePair(
      PairLoss loss, double beta, double learningRate, int steps) {
    List<PromptGroup> pair = pair(ImmutableIntArray.of(A, B), ImmutableIntArray.of(B, A));
    return train(TabularPolicy.of(VOCABULARY), pair, loss, beta, learningRate, steps);
  }

  private static List<PromptGroup> pair(ImmutableIntArray chosen, ImmutableIntArray rejected) {
    return List.of(PromptGroup.of(ImmutableIntArray.of(A), List.of(chosen, rejected)));
  }

  /** Plain gradient descent against the policy as it was. */
  private static List<Evaluation> train(
      TabularPolicy policy,
      List<PromptGroup> pair,
      PairLoss loss,
      double beta,
      double learningRate,
      int steps) {
    TokenValues reference = policy.logProbs(pair);
    return ToyWorld.train(
        policy,
        pair,
        Sgd.learningRate(learningRate),
        steps,
        step -> learningRate,
        scores -> loss.evaluate(PairBatch.of(scores, reference), beta));
  }
}
