package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.loss.Close.assertClose;

import java.util.List;
import java.util.Random;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;

/** Values worked out by hand. */
class PairLossesTest {
  private static final double TINY = 1e-14;

  @Test
  void dpo_atReference_isLn2AndPullsWithHalfBeta() {
    TokenValues logProbs =
        TokenValues.of(new double[] {-1.0, -2.0}, new double[] {-0.5, -3.0, -1.5});

    Evaluation evaluation = new Dpo().evaluate(PairBatch.of(logProbs, logProbs), 0.1);

    assertThat(evaluation.loss()).isCloseTo(Math.log(2.0), within(TINY));
    assertThat(evaluation.gradient().row(0)).containsExactly(-0.05, -0.05);
    assertThat(evaluation.gradient().row(1)).containsExactly(0.05, 0.05, 0.05);
    assertThat(evaluation.metrics().get("rewards/accuracies")).isZero();
  }

  @Test
  void dpo_weighsPairsByHowWrongTheImplicitRewardIs() {
    // a = 1, b = -2, beta = 0.5: z = 1.5, so the gradient is -/+ 0.5 / (1 + e^1.5)
    PairSample sample = PairSample.ofTokens(-1.0, -4.0, -2.0, -2.0);

    Evaluation evaluation = new Dpo().evaluate(sample.batch(), 0.5);

    double weight = 1.0 / (1.0 + Math.exp(1.5));
    assertThat(evaluation.gradient().get(0, 0)).isCloseTo(-0.5 * weight, within(TINY));
    assertThat(evaluation.gradient().get(1, 0)).isCloseTo(0.5 * weight, within(TINY));
    assertThat(evaluation.metrics().get("gradient_weight")).isCloseTo(weight, within(TINY));
    assertThat(evaluation.loss()).isCloseTo(Math.log(1.0 + Math.exp(-1.5)), within(TINY));
  }

  @Test
  void batchLoss_isMeanOverPairs() {
    PairSample sample = PairSample.random(new Random(3), 2);

    double both = new Dpo().evaluate(sample.batch(), 0.3).loss();
    double first = new Dpo().evaluate(sample.part(0, 1).batch(), 0.3).loss();
    double second = new Dpo().evaluate(sample.part(1, 2).batch(), 0.3).loss();

    assertThat(both).isCloseTo((first + second) / 2.0, within(TINY));
  }

  @Test
  void ipo_hasItsMinimumAtOneOverTwoBeta() {
    // beta = 0.25, so h = a - b should be 2: a = 1.5, b = -0.5
    PairSample sample = PairSample.ofTokens(-1.5, -1.5, -3.0, -1.0);
    for (Ipo.Convention convention : Ipo.Convention.values()) {
      Evaluation evaluation = new Ipo(convention).evaluate(sample.batch(), 0.25);

      assertThat(evaluation.loss()).isZero();
      assertThat(Close.norm(evaluation.gradient())).isZero();
    }
  }

  @Test
  void ipo_conventionsDifferByLength() {
    // a = 1 + 1 over two tokens, b = 0 over one; beta = 0.5, target 1
    TokenValues policy = TokenValues.of(new double[] {-1.0, -1.0}, new double[] {-1.0});
    TokenValues reference = TokenValues.of(new double[] {-2.0, -2.0}, new double[] {-1.0});
    PairBatch batch = PairBatch.of(policy, reference);

    assertThat(new Ipo(Ipo.Convention.SUMMED).evaluate(batch, 0.5).loss()).isEqualTo(1.0);
    assertThat(new Ipo(Ipo.Convention.PER_TOKEN).evaluate(batch, 0.5).loss()).isZero();
  }

  @Test
  void sppo_atItsTargetsIsZero() {
    // beta = 0.25: the log-ratios should be +2 and -2
    Evaluation evaluation =
        new SppoHard().evaluate(PairSample.ofTokens(-1.0, -4.0, -3.0, -2.0).batch(), 0.25);

    assertThat(evaluation.loss()).isZero();
    assertThat(Close.norm(evaluation.gradient())).isZero();
  }

  @Test
  void hinge_stopsPullingOnceTheMarginIsOne() {
    // z = a - b is 0.5 and 1.5
    Evaluation below = new Hinge().evaluate(PairSample.ofTokens(-1.5, -2, -2, -2).batch(), 1.0);
    Evaluation above = new Hinge().evaluate(PairSample.ofTokens(-0.5, -2, -2, -2).batch(), 1.0);

    assertThat(below.loss()).isEqualTo(0.5);
    assertThat(below.gradient()).isEqualTo(TokenValues.of(new double[] {-1}, new double[] {1}));
    assertThat(above.loss()).isZero();
    assertThat(Close.norm(above.gradient())).isZero();
  }

  @Test
  void dpop_punishesOnlyAChosenCompletionBelowItsReference() {
    PairBatch above = PairSample.ofTokens(-1.0, -2.0, -1.5, -2.0).batch();
    PairBatch below = PairSample.ofTokens(-1.5, -2.0, -1.0, -2.0).batch();

    assertThat(new Dpop(50.0).evaluate(above, 0.1)).isEqualTo(new Dpo().evaluate(above, 0.1));
    // a = -0.5, b = 0: z = 0.1 (-0.5 - 50 * 0.5) = -2.55; the chosen slope is -0.1 * 51 *
    // sigma(2.55)
    Evaluation punished = new Dpop(50.0).evaluate(below, 0.1);
    assertClose("loss", punished.loss(), Math.log1p(Math.exp(2.55)), TINY, 0.0);
    double sigma = 1.0 / (1.0 + Math.exp(-2.55));
    assertClose("chosen", punished.gradient().get(0, 0), -5.1 * sigma, TINY, 0.0);
    assertClose("rejected", punished.gradient().get(1, 0), 0.1 * sigma, TINY, 0.0);
  }

  @Test
  void rDpo_pullsLessWhereTheChosenCompletionIsLonger() {
    TokenValues longer = TokenValues.of(new double[] {-1, -1, -1}, new double[] {-1});
    TokenValues shorter = TokenValues.of(new double[] {-1}, new double[] {-1, -1, -1});

    double pullLonger =
        new RDpo(0.05).evaluate(PairBatch.of(longer, longer), 0.1).gradient().get(0, 0);
    double pullShorter =
        new RDpo(0.05).evaluate(PairBatch.of(shorter, shorter), 0.1).gradient().get(0, 0);

    assertThat(pullLonger).isCloseTo(-0.1 / (1.0 + Math.exp(0.1)), within(TINY));
    assertThat(pullShorter).isCloseTo(-0.1 / (1.0 + Math.exp(-0.1)), within(TINY));
  }

  @Test
  void sft_isMeanOverChosenTokensOfTheBatch() {
    TokenValues policy =
        TokenValues.of(
            new double[] {-1.0, -2.0, -3.0}, new double[] {-9.0},
            new double[] {-4.0}, new double[] {-9.0, -9.0});

    Evaluation evaluation = new Sft().evaluate(PairBatch.of(policy), 1.0);

    assertThat(evaluation.loss()).isEqualTo(2.5);
    assertThat(evaluation.gradient())
        .isEqualTo(
            TokenValues.of(
                new double[] {-0.25, -0.25, -0.25}, new double[] {0},
                new double[] {-0.25}, new double[] {0, 0}));
  }

  @Test
  void simPo_comparesMeansOfTokens() {
    // means -1 and -2, beta 2, gamma 0.5: z = 1.5
    TokenValues policy = TokenValues.of(new double[] {-0.5, -1.5}, new double[] {-2.0});

    Evaluation evaluation = new SimPo(0.5).evaluate(PairBatch.of(policy), 2.0);

    double sigma = 1.0 / (1.0 + Math.exp(1.5));
    assertClose("loss", evaluation.loss(), Math.log1p(Math.exp(-1.5)), TINY, 0.0);
    assertClose("chosen", evaluation.gradient().get(0, 1), -sigma, TINY, 0.0);
    assertClose("rejected", evaluation.gradient().get(1, 0), 2.0 * sigma, TINY, 0.0);
  }

  @Test
  void orpo_comparesOdds() {
    // p_w = 3/4, p_l = 1/2: odds 3 and 1, so sigma(z) = 3/4 and the loss is -(1 + beta) log(3/4)
    PairBatch batch =
        PairBatch.of(TokenValues.of(new double[] {Math.log(0.75)}, new double[] {Math.log(0.5)}));

    double loss = new Orpo().evaluate(batch, 0.2).loss();

    assertThat(loss).isCloseTo(-1.2 * Math.log(0.75), within(TINY));
  }

  @Test
  void discoPop_atZeroIsHalfLn2AndAHalf() {
    PairSample sample = PairSample.ofTokens(-1.0, -1.0, -1.0, -1.0);

    double loss = new DiscoPop(0.05).evaluate(sample.batch(), 0.1).loss();

    assertThat(loss).isCloseTo(0.5 * Math.log(2.0) + 0.5, within(TINY));
  }

  @Test
  void aotUnpaired_doesNotCareWhichRejectedBelongsToWhichChosen() {
    PairSample sample = PairSample.random(new Random(5), 4);
    Aot unpaired = new Aot(Aot.Variant.UNPAIRED, 0.1);
    int[] shuffled = {0, 7, 2, 5, 4, 1, 6, 3};
    PairBatch other =
        PairBatch.of(sample.policy().select(shuffled), sample.reference().select(shuffled));

    Evaluation here = unpaired.evaluate(sample.batch(), 0.5);
    Evaluation there = unpaired.evaluate(other, 0.5);

    assertClose("loss", there.loss(), here.loss(), TINY, 0.0);
    assertClose(there.gradient(), here.gradient().select(shuffled), TINY, 0.0);
  }

  @Test
  void weightedSum_addsLossesAndGradients() {
    PairBatch batch = PairSample.random(new Random(9), 3).batch();
    Evaluation dpo = new Dpo().evaluate(batch, 0.2);
    Evaluation sft = new Sft().evaluate(batch, 0.2);

    Evaluation sum = new Dpo().times(2.0).plus(0.5, new Sft()).evaluate(batch, 0.2);

    assertClose("loss", sum.loss(), 2.0 * dpo.loss() + 0.5 * sft.loss(), TINY, 0.0);
    TokenValues expected =
        dpo.gradient()
            .map((r, t) -> 2.0 * dpo.gradient().get(r, t) + 0.5 * sft.gradient().get(r, t));
    assertClose(sum.gradient(), expected, TINY, 0.0);
    assertThat(sum.metrics()).isEqualTo(dpo.metrics());
  }

  @Test
  void sumOfSums_isFlat() {
    PairObjective sum = new Dpo().times(0.5).plus(2.0, new Nca().plus(0.25, new Sft()).times(2.0));

    assertThat(sum)
        .isEqualTo(
            WeightedSum.of(
                List.of(
                    new WeightedSum.Term(0.5, new Dpo()),
                    new WeightedSum.Term(4.0, new Nca()),
                    new WeightedSum.Term(1.0, new Sft()))));
    assertThat(sum.name()).isEqualTo("0.5·dpo + 4.0·nca + sft");
  }

  @Test
  void lengthDesensitised_withAlphaOneChangesNothing() {
    PairBatch batch = PairSample.random(new Random(12), 5).batch();

    assertThat(new Dpo().lengthDesensitised(1.0).evaluate(batch, 0.3))
        .isEqualTo(new Dpo().evaluate(batch, 0.3));
  }

  @Test
  void lengthDesensitised_withAlphaZeroIgnoresTheSurplus() {
    TokenValues policy = TokenValues.of(new double[] {-1, -5, -7}, new double[] {-2});
    TokenValues cut = TokenValues.of(new double[] {-1}, new double[] {-2});
    PairBatch batch = PairBatch.of(policy, policy.map((r, t) -> -3.0));

    Evaluation evaluation = new Dpo().lengthDesensitised(0.0).evaluate(batch, 0.3);

    Evaluation expected = new Dpo().evaluate(PairBatch.of(cut, cut.map((r, t) -> -3.0)), 0.3);
    assertThat(evaluation.loss()).isEqualTo(expected.loss());
    assertThat(evaluation.gradient().row(0))
        .containsExactly(new double[] {expected.gradient().get(0, 0), 0, 0}, within(0.0));
  }

  @Test
  void policyWeighted_multipliesByHowOnPolicyBothCompletionsAre() {
    // mean(log p - log collision): (0.5 + 0.25) / 2 = 0.375 and -0.5, so the weight is e^-0.125
    TokenValues policy = TokenValues.of(new double[] {-1.0, -2.0}, new double[] {-3.0});
    TokenValues collisions = TokenValues.of(new double[] {-1.5, -2.25}, new double[] {-2.5});
    PairBatch plain = PairBatch.of(policy, policy.map((r, t) -> -1.0));
    PairObjective weighted = new Dpo().policyWeighted();

    Evaluation evaluation = weighted.evaluate(plain.withLogCollisions(collisions), 0.3);

    Evaluation expected = new Dpo().evaluate(plain, 0.3);
    assertClose("loss", evaluation.loss(), Math.exp(-0.125) * expected.loss(), TINY, 0.0);
    assertThat(weighted.traits().statistics()).containsExactly(TokenStatistic.LOG_COLLISION);
    assertThat(weighted.plus(1.0, new Sft()).lengthDesensitised(0.5).traits().statistics())
        .containsExactly(TokenStatistic.LOG_COLLISION);
  }

  @Test
  void referenceFreeLosses_ignoreAReference() {
    PairSample sample = PairSample.random(new Random(31), 3);
    PairBatch without = PairBatch.of(sample.policy());
    List<PairObjective> free =
        List.of(
            new SimPo(1.0),
            new Cpo(1.0),
            new Orpo(),
            new SlicHf(1.0, 0.1),
            new Sft(),
            new SimPo(1.0).labelSmoothing(0.1).lengthDesensitised(0.5).plus(1.0, new Sft()));
    for (PairObjective objective : free) {
      assertThat(objective.traits().needsReference()).isFalse();
      Evaluation with = objective.evaluate(sample.batch(), 0.5);
      assertThat(objective.evaluate(without, 0.5).loss()).isEqualTo(with.loss());
      assertThat(objective.evaluate(without, 0.5).gradient()).isEqualTo(with.gradient());
    }
    assertThat(KnownObjectives.all())
        .filteredOn(known -> !known.objective().traits().needsReference())
        .hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void names_areThoseOfTheField() {
    assertThat(KnownObjectives.fixtures())
        .extracting(golden -> golden.objective().name())
        .containsExactly(
            "dpo",
            "dpo",
            "hinge",
            "ipo",
            "exo",
            "nca",
            "robust-dpo",
            "bco-pair",
            "sppo-hard",
            "aot",
            "aot-unpaired",
            "apo-zero",
            "apo-down",
            "discopop",
            "dpo-norm",
            "sft",
            "dpo + 0.5·sft",
            "0.8·dpo + 0.2·bco-pair + sft",
            "ld-dpo",
            "wpo-dpo",
            "forward-kl-dpo",
            "jensen-shannon-dpo",
            "cdpo",
            "ipo-summed",
            "dpop",
            "dpo",
            "r-dpo",
            "alpha-0.5-dpo",
            "simpo",
            "cpo",
            "orpo",
            "slic-hf");
  }

  @Test
  void losses_thatTakeNoMarginIgnoreIt() {
    PairSample sample = PairSample.random(new Random(37), 3);
    PairSample withMargin = sample.withLabel(PairLabel.PLAIN.withMargin(1.5));
    int using = 0;
    for (KnownObjectives.Known known : KnownObjectives.all()) {
      double plain = known.objective().evaluate(sample.batch(), known.beta()).loss();
      double offset = known.objective().evaluate(withMargin.batch(), known.beta()).loss();

      assertThat(offset != plain)
          .as("%s: margins have an effect", known)
          .isEqualTo(known.objective().traits().usesMargins());
      using += known.objective().traits().usesMargins() ? 1 : 0;
    }
    assertThat(using).isGreaterThan(10);
  }
}
