package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class TrainingFailureTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(8);

  /** Two micro-batches of two pairs a step, in order. */
  private static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return Toy.trainer(policy).shuffle(false).batchSize(2).accumulateOver(2);
  }

  private static TabularPolicy after(int steps) {
    TabularPolicy policy = Toy.random();
    if (steps > 0) {
      trainer(new ObservedPolicy(policy)).maxSteps(steps).build().train(PAIRS);
    }
    return policy;
  }

  private static void assertSame(ObservedPolicy policy, TabularPolicy expected) {
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(expected, PAIRS));
  }

  private static TrainingException failure(DpoTrainer trainer, PreferenceDataset pairs) {
    TrainingException failure =
        catchThrowableOfType(TrainingException.class, () -> trainer.train(pairs));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Test
  void aLogProbThatIsNoNumberEndsTheRunAndNamesTheStep() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberAt = call -> call == 4;

    TrainingException failure = failure(trainer(policy).build(), PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 2, pairs [6]: policy log-prob must be a finite number, got NaN at token 0 of the"
                + " chosen completion; the parameters are as before this step")
        .hasCauseInstanceOf(ArithmeticException.class);
    assertThat(failure.step()).isEqualTo(2);
    assertThat(failure.exampleIds()).containsExactly("6");
    assertSame(policy, after(1));
  }

  @Test
  void aFailedStepLeavesNothingBehind() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberAt = call -> call == 4;

    failure(trainer(policy).build(), PAIRS);

    assertThat(policy.gradientLeft).as("the gradient of pass 3 is dropped").isZero();
    assertThat(policy.copiesClosed).isOne();
    assertThat(policy.optimizersClosed).isOne();
    TabularPolicy expected = after(1);
    trainer(new ObservedPolicy(expected)).build().train(PAIRS);
    trainer(policy).build().train(PAIRS);
    assertSame(policy, expected);
  }

  @Test
  void anInfiniteGradientEndsTheRun() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.infiniteNormAt = step -> step == 2;

    TrainingException failure = failure(trainer(policy).build(), PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 2, pairs [4, 5, 6, 7]: grad_norm must be a finite number, got Infinity; the"
                + " parameters are as before this step");
    assertThat(policy.gradientLeft).isZero();
    assertSame(policy, after(1));
  }

  @Test
  void aWordTheTokenizerDoesNotKnowNamesStepAndPair() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    PreferenceDataset unknown =
        PAIRS
            .range(0, 5)
            .concat(PreferenceDataset.of(PreferencePair.of("ask", " zebra", " a").withId("new")));

    TrainingException failure = failure(trainer(policy).build(), unknown);

    assertThat(failure)
        .hasMessage(
            "step 2, pairs [4, new]: pair 'new': ' zebra' is not in the vocabulary of 11 words;"
                + " build the tokenizer with it; the parameters are as before this step");
    assertSame(policy, after(1));
  }

  @Test
  void aLabelThatTheLossCannotUseIsRefusedBeforeTheFirstStep() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer = trainer(policy).loss(Losses.aot()).accumulateOver(1).build();
    PreferenceDataset last = PAIRS.map(pair -> pair.id().equals("7") ? pair.withWeight(2.0) : pair);

    assertThatThrownBy(() -> trainer.train(last))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "pair '7': loss 'aot' compares sorted batches and cannot use a pair's own weight or"
                + " noise, got ");
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void anUpdateThatFailsSaysThatParametersMayBeChanged() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.updateFailsAt = step -> step == 2;

    TrainingException failure = failure(trainer(policy).build(), PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 2, pairs [4, 5, 6, 7], while updating the parameters: out of memory; some may be"
                + " updated already");
  }

  @Test
  void aLongListOfPairsIsCutInTheMessageOnly() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.infiniteNormAt = step -> true;

    TrainingException failure =
        failure(trainer(policy).accumulateOver(9).build(), PAIRS.concat(PAIRS).concat(PAIRS));

    assertThat(failure).hasMessageContaining("0, 1, 2, 3, 4, 5, 6, 7] and 2 more: grad_norm");
    assertThat(failure.exampleIds()).hasSize(18);
  }

  @Test
  void whatABackendThrowsNamesStepAndPairs() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.beforeForward =
        call -> {
          if (call == 4) {
            throw new IllegalStateException("out of memory");
          }
        };

    TrainingException failure = failure(trainer(policy).build(), PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 2, pairs [4, 5, 6, 7]: out of memory; the parameters are as before this step")
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(policy.gradientLeft).isZero();
    assertSame(policy, after(1));
  }

  @Test
  void aFailedEvaluationNamesItsPairsAndKeepsWhatWasLearnt() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.scoringFailsAt = call -> call == 2;
    DpoTrainer trainer =
        trainer(policy).maxSteps(1).evaluation(PAIRS.range(4, 8)).evaluateEvery(1).build();

    TrainingException failure = failure(trainer, PAIRS);

    assertThat(failure)
        .hasMessage(
            "evaluation after step 1, held-out pairs [6, 7]: out of memory; the parameters are as"
                + " after this step");
    assertThat(failure.exampleIds()).containsExactly("6", "7");
    assertSame(policy, after(1));
  }

  @Test
  void whatAListenerThrowsEndsTheRunAsItIs() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    IllegalArgumentException thrown = new IllegalArgumentException("the disk is full");
    DpoTrainer trainer =
        trainer(policy)
            .listener(
                step -> {
                  throw thrown;
                })
            .build();

    assertThatThrownBy(() -> trainer.train(PAIRS)).isSameAs(thrown);
    assertSame(policy, after(1));
    assertThat(policy.copiesClosed).isOne();
    assertThat(policy.optimizersClosed).isOne();
  }

  @Test
  void whatAListenerThrowsAboutTheStepZeroCheckEndsTheRunAsItIs() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    TrainingListener strict =
        new TrainingListener() {
          @Override
          public void onStep(TrainingStep step) {}

          @Override
          public void onStepZero(StepZero check) {
            throw new IllegalStateException(check.explanation());
          }
        };
    DpoTrainer trainer = trainer(policy).listener(strict).build();

    assertThatThrownBy(() -> trainer.train(PAIRS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("step-0 loss 0.6931 is what policy = reference gives");
  }
}
