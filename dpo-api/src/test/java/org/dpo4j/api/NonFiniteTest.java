package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.LossGradient;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NonFiniteTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(16);

  /** Where a micro-batch's NaN comes from. */
  private enum Source {
    POLICY_LOG_PROB("policy log-prob"),
    REFERENCE_LOG_PROB("reference log-prob"),
    LOSS("loss"),
    GRADIENT("gradient");

    private final String quantity;

    Source(String quantity) {
      this.quantity = quantity;
    }

    /** A trainer whose micro-batches at these places, from 1, have a NaN. */
    DpoTrainer.Builder trainer(ObservedPolicy policy, IntPredicate at) {
      DpoTrainer.Builder trainer = NonFiniteTest.trainer(policy);
      switch (this) {
        case POLICY_LOG_PROB -> policy.notANumberAt = at;
        case REFERENCE_LOG_PROB -> trainer.reference(brokenReference(at));
        case LOSS -> trainer.loss(new Broken(at, false));
        case GRADIENT -> trainer.loss(new Broken(at, true));
      }
      return trainer;
    }

    private static Reference brokenReference(IntPredicate at) {
      TabularPolicy reference = Toy.random();
      int[] call = {0};
      return Reference.model(
          (groups, statistics) -> {
            TokenValues right = reference.logProbs(groups);
            boolean broken = at.test(++call[0]);
            return TokenScores.of(
                right.map((row, token) -> broken && row == 1 ? Double.NaN : right.get(row, token)),
                Map.of());
          });
    }
  }

  /** DPO, but at some micro-batches, from 1, its loss or the last of its gradient is NaN. */
  private static final class Broken implements PairObjective {
    private final IntPredicate at;
    private final boolean inGradient;
    private int calls;

    Broken(IntPredicate at, boolean inGradient) {
      this.at = at;
      this.inGradient = inGradient;
    }

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public LossGradient differentiate(PairBatch batch, double beta) {
      LossGradient right = Losses.dpo().differentiate(batch, beta);
      // The step-0 check differentiates the first micro-batch twice more.
      int micro = ++calls <= 1 ? calls : calls - 2;
      if (calls == 2 || calls == 3 || !at.test(micro)) {
        return right;
      }
      TokenValues gradient = right.gradient();
      return inGradient
          ? new LossGradient(
              right.loss(),
              gradient.map(
                  (row, token) ->
                      row == gradient.rows() - 1 ? Double.NaN : gradient.get(row, token)))
          : new LossGradient(Double.NaN, gradient);
    }
  }

  /** Four steps of two micro-batches of two pairs, in order, with moments to disturb. */
  private static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return DpoTrainer.builder()
        .policy(policy)
        .optimizer(AdamW.learningRate(0.1).weightDecay(0.01))
        .shuffle(false)
        .batchSize(2)
        .accumulateOver(2);
  }

  private static TrainingException failure(DpoTrainer trainer, PreferenceDataset pairs) {
    TrainingException failure =
        catchThrowableOfType(TrainingException.class, () -> trainer.train(pairs));
    assertThat(failure).isNotNull();
    return failure;
  }

  private static void assertSame(ObservedPolicy policy, TabularPolicy expected) {
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(expected, PAIRS));
  }

  /** What the run ends at when exactly the updates of some steps are left out by hand. */
  private static TabularPolicy without(IntPredicate skipped) {
    TabularPolicy policy = Toy.random();
    TabularPolicy reference = Toy.random();
    try (Optimizer optimizer = policy.optimizer(AdamW.learningRate(0.1).weightDecay(0.01))) {
      for (int step = 1; step <= 4; step++) {
        if (skipped.test(step)) {
          continue;
        }
        List<EncodedExample> window = new ArrayList<>();
        PAIRS
            .range(4 * step - 4, 4 * step)
            .forEach(pair -> window.add(EncodedExample.of(pair, Toy.WORDS)));
        List<MicroBatch> batches = new BatchLimits(2, BatchLimits.ANY_NUMBER).split(window);
        for (MicroBatch micro : batches) {
          try (ForwardPass pass = policy.forward(micro.groups(), Set.of())) {
            pass.backward(
                new Task.Preferences(Losses.dpo(), 0.1)
                    .evaluate(
                        micro,
                        pass.scores(),
                        Optional.of(reference.logProbs(micro.groups())),
                        Whole.uncoupled(batches))
                    .gradient());
          }
        }
        double norm = optimizer.gradientNorm();
        optimizer.step(0.1 * Schedule.linear().factor(step - 1, 4), Math.min(1, 1 / (norm + 1e-6)));
      }
    }
    return policy;
  }

  @ParameterizedTest
  @EnumSource
  void stopEndsTheRunAndLeavesTheParametersAlone(Source source) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingException failure = failure(source.trainer(policy, micro -> micro == 6).build(), PAIRS);

    assertThat(failure.step()).isEqualTo(3);
    assertThat(failure)
        .hasMessageStartingWith("step 3, pairs " + failure.exampleIds() + ": " + source.quantity)
        .hasMessageContaining(" must be a finite number, got NaN")
        .hasMessageEndingWith("; the parameters are as before this step");
    // Pairs 10 and 11 are the micro-batch; only its loss comes from both.
    assertThat(failure.exampleIds())
        .isEqualTo(
            switch (source) {
              case POLICY_LOG_PROB, REFERENCE_LOG_PROB -> List.of("10");
              case LOSS -> List.of("10", "11");
              case GRADIENT -> List.of("11");
            });
    assertSame(policy, without(step -> step > 2));
    assertThat(policy.gradientLeft).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void skipLeavesOutTheStepAndNothingElse(Source source) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report =
        source
            .trainer(policy, micro -> micro == 4)
            .onNonFinite(NonFinite.SKIP)
            .build()
            .train(PAIRS);

    assertSame(policy, without(step -> step == 2));
    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.steps()).extracting(TrainingStep::step).containsExactly(1, 3, 4);
    assertThat(report.skipped())
        .singleElement()
        .satisfies(
            skipped -> {
              assertThat(skipped.step()).isEqualTo(2);
              assertThat(skipped.totalSteps()).isEqualTo(4);
              assertThat(skipped.quantity()).isEqualTo(source.quantity);
              assertThat(skipped.value()).isNaN();
              assertThat(skipped.exampleIds()).isSubsetOf("6", "7").isNotEmpty();
            });
    assertThat(report.history("skipped_steps")).containsExactly(0, 1, 1);
    assertThat(report.history("epoch")).containsExactly(0.25, 0.75, 1.0);
    assertThat(report.history("learning_rate"))
        .containsExactly(0.1, 0.1 * (1 - 2.0 / 4), 0.1 * (1 - 3.0 / 4));
  }

  @Test
  void aNormThatOverflowsIsSkippedToo() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    // Each derivative is finite; the sum of their squares is not.
    PreferenceDataset pairs =
        PAIRS.map(pair -> pair.id().equals("4") ? pair.withWeight(1e200) : pair);

    TrainingReport report = trainer(policy).onNonFinite(NonFinite.SKIP).build().train(pairs);

    assertThat(report.skipped())
        .containsExactly(
            new SkippedStep(
                2, 4, "grad_norm", Double.POSITIVE_INFINITY, ImmutableList.of("4", "5", "6", "7")));
    assertSame(policy, without(step -> step == 2));
  }

  @Test
  void isTheSameRunWhereEverythingIsFinite() {
    ObservedPolicy stopping = new ObservedPolicy(Toy.random());
    ObservedPolicy skipping = new ObservedPolicy(Toy.random());

    TrainingReport expected = trainer(stopping).build().train(PAIRS);
    TrainingReport report = trainer(skipping).onNonFinite(NonFinite.SKIP).build().train(PAIRS);

    assertThat(report.history("loss")).isEqualTo(expected.history("loss"));
    assertThat(report.skipped()).isEmpty();
    assertThat(report.history("skipped_steps")).containsOnly(0.0);
    assertThat(expected.finalMetrics().has("skipped_steps")).isFalse();
    assertThat(Toy.logProbs(skipping, PAIRS)).isEqualTo(Toy.logProbs(stopping, PAIRS));
  }

  @Test
  void aListenerIsToldOfASkippedStepInPlaceOfAStep() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberAt = call -> call == 3;
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingStep step) {
            told.add("step " + step.step());
          }

          @Override
          public void onSkippedStep(SkippedStep step) {
            told.add("skipped " + step.step());
          }

          @Override
          public void onStepZero(StepZero check) {
            told.add("step zero");
          }
        };

    trainer(policy).onNonFinite(NonFinite.SKIP).listener(listener).build().train(PAIRS);

    assertThat(told).containsExactly("step zero", "step 1", "skipped 2", "step 3", "step 4");
  }

  @Test
  void theStepZeroCheckWaitsForTheFirstStepThatIsTaken() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberAt = call -> call == 1 || call == 3;

    TrainingReport report = trainer(policy).onNonFinite(NonFinite.SKIP).build().train(PAIRS);

    assertThat(report.steps()).extracting(TrainingStep::step).containsExactly(3, 4);
    assertThat(report.stepZero().orElseThrow().loss())
        .isEqualTo(report.stepZero().orElseThrow().lossAtReference());
  }

  @Test
  void soManyInARowAreSkippedAndNoMore() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    // A step of 3 and, one good step between them, steps 5 to 7.
    policy.infiniteNormAt = norm -> norm == 3 || norm >= 5;
    DpoTrainer trainer = trainer(policy).epochs(3).onNonFinite(NonFinite.skipAtMost(2)).build();

    TrainingException failure = failure(trainer, PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 7, pairs [8, 9, 10, 11]: grad_norm must be a finite number, got Infinity; at most"
                + " 2 steps in a row are skipped; the parameters are as before this step");
    assertThat(failure.step()).isEqualTo(7);
    assertThat(policy.gradientLeft).isZero();
  }

  @Test
  void aRunThatOnlySkipsFails() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.infiniteNormAt = norm -> true;
    DpoTrainer trainer =
        trainer(policy)
            .onNonFinite(NonFinite.SKIP)
            .evaluation(PAIRS)
            .evaluateEvery(1)
            .earlyStopping(EarlyStopping.patience(1))
            .build();

    TrainingException failure = failure(trainer, PAIRS);

    assertThat(failure)
        .hasMessage(
            "step 4, pairs [12, 13, 14, 15]: grad_norm must be a finite number, got Infinity; every"
                + " step of the run was skipped; the parameters are as before this step");
    assertSame(policy, Toy.random());
  }

  @Test
  void aMovingReferenceKeepsItsClock() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.infiniteNormAt = norm -> norm == 2;

    TrainingReport report =
        trainer(policy)
            .reference(Reference.moving(1.0, 2))
            .onNonFinite(NonFinite.SKIP)
            .build()
            .train(PAIRS);

    // Had the copy not moved at step 2, step 3 would start away from it.
    assertThat(report.history("logratios/chosen")[1]).isZero();
    assertThat(report.history("logratios/chosen")[2]).isNotZero();
  }

  @Test
  void aValueThatIsWrongButFiniteIsNotSkipped() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer =
        trainer(policy)
            .onNonFinite(NonFinite.SKIP)
            .reference(
                Reference.model(
                    (groups, statistics) -> {
                      TokenValues right = policy.logProbs(groups);
                      return TokenScores.of(right.map((row, token) -> 0.5), Map.of());
                    }))
            .build();

    assertThat(failure(trainer, PAIRS))
        .hasMessageContaining("reference log-prob must be a finite number ≤ 0, got 0.5");
  }

  @Test
  void anEvaluationThatIsNotFiniteEndsTheRunAndNamesThePair() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    int[] calls = {0};
    TabularPolicy reference = Toy.random();
    DpoTrainer trainer =
        trainer(policy)
            .onNonFinite(NonFinite.SKIP)
            .evaluation(PAIRS.range(0, 4))
            .reference(
                Reference.model(
                    (groups, statistics) -> {
                      TokenValues right = reference.logProbs(groups);
                      boolean last = ++calls[0] == 10;
                      return TokenScores.of(
                          right.map(
                              (row, token) ->
                                  last && row == 2 ? Double.NaN : right.get(row, token)),
                          Map.of());
                    }))
            .build();

    assertThat(failure(trainer, PAIRS))
        .hasMessage(
            "evaluation after step 4, held-out pairs [3]: reference log-prob must be a finite"
                + " number, got NaN at token 0 of the chosen completion; the parameters are as"
                + " after this step");
  }

  @Test
  void refusesBoundsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NonFinite.skipAtMost(0))
        .withMessage("steps must be ≥ 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NonFinite(-1))
        .withMessage("maxSkippedInARow must be ≥ 0, got -1");
  }
}
