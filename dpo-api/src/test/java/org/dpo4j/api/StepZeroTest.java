package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class StepZeroTest {

  private static final double LN_2 = Math.log(2);
  private static final PreferenceDataset PAIRS = Toy.pairs(8);

  private static StepZero check(DpoTrainer.Builder trainer) {
    return trainer.build().train(PAIRS).stepZero().orElseThrow();
  }

  private static void assertStartsAtReference(StepZero check) {
    assertThat(check.loss()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.lossAtReference()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.meanAbsoluteLogRatio()).isZero();
    assertThat(check.startsAtReference()).isTrue();
    assertThat(check.explanation())
        .isEqualTo("step-0 loss 0.6931 is what policy = reference gives");
  }

  @Test
  void isLnTwoWithAFrozenCopy() {
    assertStartsAtReference(
        check(Toy.trainer(Toy.random()).reference(Reference.frozenCopy()).epochs(3)));
  }

  @Test
  void isLnTwoHoweverTheStepIsSplit() {
    for (int batchSize : new int[] {1, 3, 4}) {
      assertStartsAtReference(
          check(Toy.trainer(Toy.random()).batchSize(batchSize).accumulateOver(8)));
    }
  }

  @Test
  void isLnTwoWithTheAdapterOfAFreshOneOff() {
    assertStartsAtReference(
        check(Toy.trainer(TabularPolicy.onTopOf(Toy.random())).reference(Reference.adapterOff())));
  }

  @Test
  void tellsAnAdapterThatWasTrainedAlready() {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.random());
    Toy.trainer(policy).loss(Losses.sft()).epochs(5).build().train(PAIRS);

    StepZero check = check(Toy.trainer(policy).batchSize(8).reference(Reference.adapterOff()));

    assertThat(check.startsAtReference()).isFalse();
    assertThat(check.lossAtReference()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.explanation())
        .startsWith("the policy does not start at the reference: they differ by ")
        .contains("where policy = reference gives 0.6931");
  }

  @Test
  void isLnTwoWhenDpoGoesOnFromAKeptSftAdapter() {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.random());
    TrainingReport sft =
        Toy.trainer(policy)
            .loss(Losses.sft())
            .reference(Reference.none())
            .epochs(5)
            .build()
            .train(PAIRS);
    assertThat(sft.stepZero()).isEmpty();
    assertThat(sft.history("loss")[4]).isLessThan(sft.history("loss")[0]);
    policy.keepAdapter("sft");
    TabularPolicy afterSft = policy.copy();

    TrainingReport dpo =
        Toy.trainer(policy).reference(Reference.adapter("sft")).epochs(5).build().train(PAIRS);

    assertStartsAtReference(dpo.stepZero().orElseThrow());
    assertThat(dpo.history("loss")[4])
        .as("the adapter kept does not follow the policy")
        .isLessThan(LN_2);
    assertThat(policy.adapter("sft").map(kept -> Toy.logProbs(kept, PAIRS)))
        .contains(Toy.logProbs(afterSft, PAIRS));
  }

  @Test
  void saysThatMarginsAreInTheLoss() {
    StepZero check =
        Toy.trainer(Toy.random())
            .batchSize(8)
            .build()
            .train(PAIRS.map(pair -> pair.withMargin(2)))
            .stepZero()
            .orElseThrow();

    // −ln σ(−2)
    assertThat(check.lossAtReference()).isCloseTo(Math.log1p(Math.exp(2)), within(1e-12));
    assertThat(check.lossWithoutMargins().orElseThrow()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.explanation())
        .isEqualTo(
            "step-0 loss 2.1269 is what policy = reference gives with the pairs' margins in it (0.6931 without"
                + " them)");
  }

  @Test
  void explainsAnotherModelByItsDistance() {
    // After "ask" the other model gives a 10/20 and everything else 1/20.
    double[] logits = new double[11];
    logits[2] = Math.log(10);
    TabularPolicy other = Toy.uniform();
    other.setLogits(ImmutableIntArray.of(1), logits);
    PreferenceDataset pair = PreferenceDataset.of(PreferencePair.of("ask", " a", " b"));

    StepZero check =
        Toy.trainer(Toy.uniform())
            .reference(Reference.model(other))
            .build()
            .train(pair)
            .stepZero()
            .orElseThrow();

    // Log-ratios are ln(2/11) and ln(20/11), −ln 10 apart.
    double loss = Math.log(1 + Math.exp(0.1 * Math.log(10)));
    double distance = (Math.log(11.0 / 2) + Math.log(20.0 / 11)) / 2;
    assertThat(check.loss()).isCloseTo(loss, within(1e-12));
    assertThat(check.lossAtReference()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.meanAbsoluteLogRatio()).isCloseTo(distance, within(1e-12));
    assertThat(check.explanation())
        .isEqualTo(
            "the policy does not start at the reference: they differ by 1.15 nats a completion, and"
                + " the step-0 loss is 0.8149 where policy = reference gives 0.6931. Expected when"
                + " the reference is another model than the one the policy starts from; otherwise"
                + " check which adapter, weights or dropout the policy has and the reference has"
                + " not");
  }

  @Test
  void isNotFooledByAReferenceThatShiftsBothCompletionsAlike() {
    // The other model finds "a" and "b" equally unlikely: log-ratios are equal and cancel in the
    // loss.
    double[] logits = new double[11];
    logits[4] = Math.log(100);
    TabularPolicy other = Toy.uniform();
    other.setLogits(ImmutableIntArray.of(1), logits);
    PreferenceDataset pair = PreferenceDataset.of(PreferencePair.of("ask", " a", " b"));

    StepZero check =
        Toy.trainer(Toy.uniform())
            .reference(Reference.model(other))
            .build()
            .train(pair)
            .stepZero()
            .orElseThrow();

    assertThat(check.loss()).isCloseTo(LN_2, within(1e-12));
    assertThat(check.meanAbsoluteLogRatio()).isGreaterThan(1.0);
    assertThat(check.startsAtReference()).isFalse();
  }

  @Test
  void saysNothingOfALossThatNeedsNoReference() {
    TrainingReport report =
        Toy.trainer(Toy.uniform())
            .loss(Losses.simPo(0.5))
            .reference(Reference.model(Toy.random()))
            .build()
            .train(PAIRS);

    assertThat(report.stepZero()).isEmpty();
    assertThat(report.finalMetrics().has("kl/chosen")).isTrue();
  }

  @Test
  void comparesWithTheLossOfTheObjectiveNotAlwaysLnTwo() {
    StepZero check = check(Toy.trainer(Toy.random()).loss(Losses.bcoPair()).beta(0.4));

    assertThat(check.lossAtReference()).isCloseTo(2 * LN_2, within(1e-12));
    assertThat(check.startsAtReference()).isTrue();
  }

  @Test
  void aListenerCanEndTheRunBeforeAnythingIsLearnt() {
    TabularPolicy policy = Toy.random();
    IllegalStateException wrongReference = new IllegalStateException("wrong reference");
    DpoTrainer trainer =
        Toy.trainer(policy)
            .reference(Reference.model(Toy.uniform()))
            .listener(
                new TrainingListener() {
                  @Override
                  public void onStep(TrainingStep step) {}

                  @Override
                  public void onStepZero(StepZero check) {
                    throw wrongReference;
                  }
                })
            .build();

    assertThatThrownBy(() -> trainer.train(PAIRS)).isSameAs(wrongReference);
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(Toy.random(), PAIRS));
  }

  @Test
  void isToldToListenersOnceBeforeTheFirstStep() {
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStepZero(StepZero check) {
            told.add("step zero " + check.startsAtReference());
          }

          @Override
          public void onStep(TrainingStep step) {
            told.add("step " + step.step());
          }
        };

    TrainingReport report =
        Toy.trainer(Toy.random()).batchSize(4).listener(listener).build().train(PAIRS);

    assertThat(told).containsExactly("step zero true", "step 1", "step 2");
    assertThat(report.toString()).contains("is what policy = reference gives");
  }

  @Test
  void isLeftOutWithoutAReference() {
    assertThat(Toy.trainer(Toy.random()).loss(Losses.orpo()).build().train(PAIRS).stepZero())
        .isEmpty();
  }
}
