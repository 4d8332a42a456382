package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.CountDownLatch;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CancellationTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(16);

  private final ObservedPolicy policy = new ObservedPolicy(Toy.random());
  private final Cancellation cancellation = new Cancellation();

  @AfterEach
  void clearInterruptStatus() {
    Thread.interrupted();
  }

  /** Four steps of four micro-batches of one pair. */
  private static DpoTrainer.Builder trainer(ObservedPolicy policy) {
    return Toy.trainer(policy).batchSize(1).accumulateOver(4);
  }

  private static TabularPolicy after(int steps) {
    TabularPolicy policy = Toy.random();
    trainer(new ObservedPolicy(policy)).maxSteps(steps).build().train(PAIRS);
    return policy;
  }

  private void assertEndedAfterTwoSteps(TrainingReport report) {
    assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
    assertThat(report.steps()).extracting(TrainingStep::step).containsExactly(1, 2);
    assertThat(report.steps()).extracting(TrainingStep::totalSteps).containsOnly(4);
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(after(2), PAIRS));
    assertThat(policy.gradientLeft).isZero();
    assertThat(policy.copiesClosed).isOne();
    assertThat(policy.optimizersClosed).isOne();
  }

  @Test
  void fromAnotherThreadEndsTheRunWithinAStep() throws InterruptedException {
    CountDownLatch inThirdStep = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    policy.beforeForward =
        call -> {
          if (call == 10) {
            inThirdStep.countDown();
            Uninterruptibles.awaitUninterruptibly(cancelled);
          }
        };
    Thread other =
        new Thread(
            () -> {
              Uninterruptibles.awaitUninterruptibly(inThirdStep);
              cancellation.cancel();
              cancelled.countDown();
            });
    other.start();

    TrainingReport report = trainer(policy).cancellation(cancellation).build().train(PAIRS);

    other.join();
    assertThat(policy.passSizes).as("the run stops before the next micro-batch").hasSize(10);
    assertEndedAfterTwoSteps(report);
  }

  @Test
  void endsAnEvaluationBeforeItsNextMicroBatch() {
    policy.scoringFailsAt =
        call -> {
          if (call == 3) {
            cancellation.cancel();
          }
          return false;
        };

    TrainingReport report =
        trainer(policy)
            .cancellation(cancellation)
            .evaluation(PAIRS)
            .evaluateEvery(2)
            .build()
            .train(PAIRS);

    assertThat(policy.scored).as("micro-batches evaluated").isEqualTo(3);
    assertThat(report.evaluations()).isEmpty();
    assertEndedAfterTwoSteps(report);
  }

  @Test
  void betweenStepsKeepsTheStepsDone() {
    TrainingReport report =
        trainer(policy)
            .cancellation(cancellation)
            .listener(
                step -> {
                  if (step.step() == 2) {
                    cancellation.cancel();
                  }
                })
            .build()
            .train(PAIRS);

    assertThat(policy.passSizes).hasSize(8);
    assertEndedAfterTwoSteps(report);
  }

  @Test
  void anInterruptDoesTheSameAndKeepsItsStatus() {
    policy.beforeForward =
        call -> {
          if (call == 10) {
            Thread.currentThread().interrupt();
          }
        };

    TrainingReport report = trainer(policy).build().train(PAIRS);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(policy.passSizes).hasSize(10);
    assertEndedAfterTwoSteps(report);
  }

  @Test
  void leavesAPolicyThatCanBeTrainedOn() {
    policy.beforeForward =
        call -> {
          if (call == 10) {
            cancellation.cancel();
          }
        };
    trainer(policy).cancellation(cancellation).build().train(PAIRS);
    TabularPolicy expected = after(2);

    TrainingReport report = trainer(policy).build().train(PAIRS);
    TrainingReport same = trainer(new ObservedPolicy(expected)).build().train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.steps()).isEqualTo(same.steps()).hasSize(4);
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(expected, PAIRS));
  }

  @Test
  void beforeTheRunLeavesThePolicyAsItIs() {
    cancellation.cancel();

    TrainingReport report = trainer(policy).cancellation(cancellation).build().train(PAIRS);

    assertThat(cancellation.isCancelled()).isTrue();
    assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
    assertThat(report.steps()).isEmpty();
    assertThat(report.stepZero()).isEmpty();
    assertThat(policy.passSizes).isEmpty();
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(Toy.random(), PAIRS));
  }

  @Test
  void withinTheFirstStepReportsNoStepAtAll() {
    policy.beforeForward = call -> cancellation.cancel();

    TrainingReport report = trainer(policy).cancellation(cancellation).build().train(PAIRS);

    assertThat(policy.passSizes).hasSize(1);
    assertThat(report.steps()).isEmpty();
    assertThat(report.stepZero()).isEmpty();
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(Toy.random(), PAIRS));
  }

  @Test
  void inTheLastMicroBatchOfAStepLetsItFinish() {
    policy.beforeForward =
        call -> {
          if (call == 8) {
            cancellation.cancel();
          }
        };

    TrainingReport report = trainer(policy).cancellation(cancellation).build().train(PAIRS);

    assertEndedAfterTwoSteps(report);
  }
}
