package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossesTest {

  private static final double LN_2 = Math.log(2);
  private static final double LN_11 = Math.log(11);

  /**
   * A loss of each factory.
   *
   * @param factory the method's name
   * @param loss what it made
   * @param atReference its value where policy = reference = uniform over 11 tokens, for " a b"
   *     against " c", so |y_w| = 3 and |y_l| = 2 with the end, and β = ½
   */
  private record Sample(String factory, PairObjective loss, double atReference) {
    @Override
    public String toString() {
      return factory;
    }
  }

  private static List<Sample> samples() {
    return List.of(
        new Sample("dpo", Losses.dpo(), LN_2),
        new Sample("cdpo", Losses.cdpo(0.1), LN_2),
        new Sample("robustDpo", Losses.robustDpo(0.1), LN_2),
        new Sample("offsetDpo", Losses.offsetDpo(2.0), LN_2),
        new Sample("hinge", Losses.hinge(), 1.0),
        new Sample("slicHf", Losses.slicHf(1.5, 0.1), 1.5 + LN_11 + 0.1 * 3 * LN_11),
        new Sample("ipo", Losses.ipo(), 1.0),
        new Sample("ipoSummed", Losses.ipoSummed(), 1.0),
        new Sample("dpop", Losses.dpop(5.0), LN_2),
        new Sample("exo", Losses.exo(0.1), 0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1)),
        new Sample("nca", Losses.nca(), 2 * LN_2),
        new Sample("bcoPair", Losses.bcoPair(), 2 * LN_2),
        new Sample("sppoHard", Losses.sppoHard(), 2.0),
        new Sample("aot", Losses.aot(), LN_2),
        new Sample("aotUnpaired", Losses.aotUnpaired(), LN_2),
        new Sample("apoZero", Losses.apoZero(), 1.0),
        new Sample("apoDown", Losses.apoDown(), 1.0),
        new Sample("discoPop", Losses.discoPop(), 0.5 * LN_2 + 0.5),
        new Sample("lengthNormalisedDpo", Losses.lengthNormalisedDpo(), LN_2),
        new Sample("rDpo", Losses.rDpo(0.05), Math.log(1 + Math.exp(-0.05))),
        new Sample("ldDpo", Losses.ldDpo(0.5), LN_2),
        new Sample("wpo", Losses.wpo(), LN_2),
        new Sample("simPo", Losses.simPo(0.5), Math.log(1 + Math.exp(0.5))),
        new Sample("simPer", Losses.simPer(), 0.0),
        new Sample("cpo", Losses.cpo(), Math.log(1 + Math.exp(0.5 * LN_11)) + LN_11),
        new Sample("orpo", Losses.orpo(), LN_11 + 0.5 * LN_2),
        new Sample("sft", Losses.sft(), LN_11),
        new Sample("mpo", Losses.mpo(), 0.8 * LN_2 + 0.2 * 2 * LN_2 + LN_11));
  }

  private static TrainingReport train(PairObjective loss, PreferenceDataset pairs) {
    return Toy.trainer(Toy.random())
        .loss(loss)
        .beta(0.2)
        .optimizer(AdamW.learningRate(0.05))
        .batchSize(pairs.size())
        .epochs(10)
        .evaluation(pairs)
        .build()
        .train(pairs);
  }

  @Test
  void everyFactoryOverPairsHasASampleHere() {
    List<String> factories =
        Arrays.stream(Losses.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> PairObjective.class.isAssignableFrom(method.getReturnType()))
            .map(Method::getName)
            .toList();

    assertThat(samples())
        .extracting(Sample::factory)
        .containsExactlyInAnyOrderElementsOf(factories);
  }

  @Test
  void factoriesNameDifferentLosses() {
    assertThat(samples()).extracting(sample -> sample.loss().name()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void startsAtTheLossOfPolicyEqualsReference(Sample sample) {
    PreferenceDataset pair = PreferenceDataset.of(PreferencePair.of("ask", " a b", " c"));

    TrainingReport report =
        Toy.trainer(Toy.uniform()).loss(sample.loss()).beta(0.5).build().train(pair);

    assertThat(report.loss()).isEqualTo(sample.loss().name());
    assertThat(report.finalMetrics().get("loss")).isCloseTo(sample.atReference(), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void trainingLowersTheLoss(Sample sample) {
    TrainingReport report = train(sample.loss(), Toy.pairs(6));

    assertThat(report.steps()).hasSize(10);
    for (TrainingStep step : report.steps()) {
      assertThat(step.metrics().asMap().values()).allMatch(Double::isFinite);
    }
    assertThat(report.finalEvaluation().get("eval_loss")).isLessThan(report.history("loss")[0]);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void trainingSeparatesChosenFromRejected(Sample sample) {
    TrainingReport report = train(sample.loss(), Toy.pairs(6));

    double change =
        report.finalEvaluation().get("eval_rewards/margins") - report.history("rewards/margins")[0];
    if (sample.factory().equals("discoPop")) {
      // The loss as printed rises in z = 0: (½ + ½ ln ½)/(2τ) − ¾ > 0 at τ = 0.05.
      assertThat((0.5 - 0.5 * LN_2) / (2 * 0.05) - 0.75).isPositive();
      assertThat(change).isNegative();
    } else {
      assertThat(change).isPositive();
    }
  }

  @Test
  void offsetDpoMultipliesMargins() {
    PreferenceDataset pair =
        PreferenceDataset.of(PreferencePair.of("ask", " a", " b").withMargin(0.7));

    TrainingReport report =
        Toy.trainer(Toy.uniform()).loss(Losses.offsetDpo(3.0)).build().train(pair);

    assertThat(report.finalMetrics().get("loss"))
        .isCloseTo(Math.log(1 + Math.exp(3.0 * 0.7)), within(1e-12));
  }

  @Test
  void dpoTakesAgreementAsTheChanceOfARightLabel() {
    PreferenceDataset pair =
        PreferenceDataset.of(
            PreferencePair.of("ask", " a", " b").withMargin(0.7).withAgreement(0.8));

    TrainingReport report = Toy.trainer(Toy.uniform()).build().train(pair);

    assertThat(report.finalMetrics().get("loss"))
        .isCloseTo(
            0.8 * Math.log(1 + Math.exp(0.7)) + 0.2 * Math.log(1 + Math.exp(-0.7)), within(1e-12));
  }

  @Test
  void wpoWeighsPairsByThePolicysOwnLikelihood() {
    // After "ask": a with ¾, b with ¼, so Σ π² = ⅝ and the first tokens' ratios are (¾)/(⅝) and
    // (¼)/(⅝). The ends' are 1, and the mean over two tokens is a square root.
    TabularPolicy policy = Toy.uniform();
    double[] logits = new double[11];
    Arrays.fill(logits, -1000);
    logits[2] = Math.log(0.75);
    logits[3] = Math.log(0.25);
    policy.setLogits(ImmutableIntArray.of(1), logits);

    TrainingReport report =
        Toy.trainer(policy)
            .loss(Losses.wpo())
            .build()
            .train(PreferenceDataset.of(PreferencePair.of("ask", " a", " b")));

    double weight = Math.sqrt(0.75 / 0.625) * Math.sqrt(0.25 / 0.625);
    assertThat(report.finalMetrics().get("loss")).isCloseTo(weight * LN_2, within(1e-12));
  }
}
