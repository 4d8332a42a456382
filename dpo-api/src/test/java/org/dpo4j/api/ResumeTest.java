package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dpo4j.api.RecordedRuns.HELD_OUT;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dpo4j.api.RecordedRuns.Left;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was ended somehow and goes on is the run that was not, bit for bit. */
@Tag("language")
class ResumeTest {

  @TempDir(factory = FastDisk.class)
  Path directory;

  /** A way to configure a run. */
  record Kind(String name, UnaryOperator<DpoTrainer.Builder> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("as it is", trainer -> trainer),
        new Kind("sgd", trainer -> trainer.optimizer(Sgd.learningRate(0.1).momentum(0.9))),
        new Kind("rmsprop", trainer -> trainer.optimizer(RmsProp.learningRate(0.01))),
        new Kind("frozen copy", trainer -> trainer.reference(Reference.frozenCopy())),
        new Kind(
            "cached copy", trainer -> trainer.reference(Reference.cached(Reference.frozenCopy()))),
        new Kind("model", trainer -> trainer.reference(Reference.model(Toy.uniform()))),
        new Kind(
            "no reference", trainer -> trainer.loss(Losses.simPo(0.5)).reference(Reference.none())),
        new Kind("token budget", trainer -> trainer.batchSize(4).accumulateOver(1).maxTokens(24)),
        new Kind("in order", trainer -> trainer.shuffle(false)),
        new Kind("few steps", trainer -> trainer.maxSteps(7)),
        new Kind(
            "early stopping",
            trainer ->
                trainer
                    .evaluateEvery(2)
                    .earlyStopping(EarlyStopping.patience(1).minImprovement(1))));
  }

  private Left whole(Kind kind) throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();
    Path place = directory.resolve("whole");
    TrainingReport report =
        kind.change
            .apply(RecordedRuns.trainer(policy).runDirectory(RecordedRuns.in(place)))
            .build()
            .train(PAIRS);
    return Left.of(report, policy, place);
  }

  private Left resumed(Kind kind, Path place) throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();
    TrainingReport report =
        kind.change
            .apply(RecordedRuns.trainer(policy).runDirectory(RecordedRuns.in(place).resume(true)))
            .build()
            .train(PAIRS);
    return Left.of(report, policy, place);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void afterACancellationInAnyStep(Kind kind) throws IOException {
    Left whole = whole(kind);

    for (int step = 1; step <= whole.steps().size(); step++) {
      int last = step;
      Path place = directory.resolve("cancelled-" + step);
      Cancellation cancellation = new Cancellation();
      ObservedPolicy policy = RecordedRuns.policy();
      // In the middle of the step, after its first micro-batch.
      List<Integer> done = new ArrayList<>();
      policy.beforeForward =
          call -> {
            if (done.size() == last - 1) {
              cancellation.cancel();
            }
          };
      TrainingReport report =
          kind.change
              .apply(
                  RecordedRuns.trainer(policy)
                      .cancellation(cancellation)
                      .listener(finished -> done.add(finished.step()))
                      .runDirectory(RecordedRuns.in(place)))
              .build()
              .train(PAIRS);
      assertThat(report.steps()).isEqualTo(whole.steps().subList(0, report.steps().size()));

      assertThat(resumed(kind, place)).as("cancelled in step %d", step).isEqualTo(whole);
      RecordedRuns.assertFinalPolicy(place, Toy.random(), whole.policy());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void afterDyingInAnyStepOrEvaluation(Kind kind) throws IOException {
    Left whole = whole(kind);

    for (int events = 1; events <= whole.lines().size(); events++) {
      Path place = directory.resolve("died-" + events);
      dieAfter(events, kind, place);

      assertThat(resumed(kind, place)).as("died after %d lines", events).isEqualTo(whole);
    }
  }

  private static void dieAfter(int events, Kind kind, Path place) {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                kind.change
                    .apply(
                        RecordedRuns.trainer(RecordedRuns.policy())
                            .listener(new Mortal(events))
                            .runDirectory(RecordedRuns.in(place)))
                    .build()
                    .train(PAIRS))
        .withMessage("died");
  }

  /** Ends a run after a number of steps, skipped steps and evaluations. */
  private static final class Mortal implements TrainingListener {

    private int left;

    Mortal(int events) {
      this.left = events;
    }

    private void live() {
      if (--left == 0) {
        throw new IllegalStateException("died");
      }
    }

    @Override
    public void onStep(TrainingStep step) {
      live();
    }

    @Override
    public void onSkippedStep(SkippedStep step) {
      live();
    }

    @Override
    public void onEvaluation(TrainingStep step) {
      live();
    }
  }

  @Test
  void againAndAgainInEveryStep() throws IOException {
    Left whole = RecordedRuns.uninterrupted(directory.resolve("whole"));
    Path place = directory.resolve("patchwork");

    int runs = 0;
    StopReason stopped = StopReason.CANCELLED;
    while (stopped == StopReason.CANCELLED) {
      Cancellation cancellation = new Cancellation();
      TrainingReport report =
          RecordedRuns.trainer(RecordedRuns.policy())
              .cancellation(cancellation)
              .listener(step -> cancellation.cancel())
              .runDirectory(RecordedRuns.in(place).resume(true))
              .build()
              .train(PAIRS);
      stopped = report.stopped();
      runs++;
    }

    assertThat(runs).isGreaterThan(10);
    assertThat(RecordedRuns.resumed(place)).isEqualTo(whole);
  }

  @Test
  void sftToo() throws IOException {
    TabularPolicy whole = TabularPolicy.onTopOf(Toy.random());
    sft(whole).build().train(PAIRS);

    for (int steps = 1; steps <= 6; steps++) {
      int last = steps;
      Path place = directory.resolve("sft-" + steps);
      Cancellation cancellation = new Cancellation();
      sft(TabularPolicy.onTopOf(Toy.random()))
          .cancellation(cancellation)
          .listener(
              step -> {
                if (step.step() == last) {
                  cancellation.cancel();
                }
              })
          .runDirectory(RunDirectory.at(place))
          .build()
          .train(PAIRS);
      TabularPolicy policy = TabularPolicy.onTopOf(Toy.random());
      sft(policy).runDirectory(RunDirectory.at(place).resume(true)).build().train(PAIRS);

      assertThat(policy.fingerprint()).isEqualTo(whole.fingerprint());
    }
  }

  private static SftTrainer.Builder sft(TabularPolicy policy) {
    return SftTrainer.builder()
        .policy(policy)
        .optimizer(AdamW.learningRate(0.05))
        .batchSize(5)
        .epochs(2)
        .evaluation(HELD_OUT);
  }

  @Test
  void aRunWithADirectoryIsTheRunWithout() throws IOException {
    ObservedPolicy policy = RecordedRuns.policy();

    TrainingReport report = RecordedRuns.trainer(policy).build().train(PAIRS);

    Left recorded = RecordedRuns.uninterrupted(directory.resolve("run"));
    assertThat(recorded.steps()).isEqualTo(report.steps());
    assertThat(recorded.skipped()).isEqualTo(report.skipped());
    assertThat(recorded.evaluations()).isEqualTo(report.evaluations());
    assertThat(policy.fingerprint()).hasValue(recorded.policy());
  }

  @Test
  void aRunThatHadEndedIsNotTrainedAgain() throws IOException {
    Path place = directory.resolve("run");
    Left whole = RecordedRuns.uninterrupted(place);
    ObservedPolicy policy = RecordedRuns.policy();

    TrainingReport report =
        RecordedRuns.trainer(policy)
            .listener(
                step -> {
                  throw new IllegalStateException("trained");
                })
            .runDirectory(RunDirectory.at(place).resume(true))
            .build()
            .train(PAIRS);

    assertThat(policy.passSizes).isEmpty();
    assertThat(Left.of(report, policy, place)).isEqualTo(whole);
  }

  @Test
  void aRunCancelledBeforeItsFirstStepBeginsAnew() throws IOException {
    Path place = directory.resolve("run");
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    RecordedRuns.trainer(RecordedRuns.policy())
        .cancellation(cancellation)
        .runDirectory(RecordedRuns.in(place))
        .build()
        .train(PAIRS);
    assertThat(RecordedRuns.checkpoints(place)).isEmpty();

    assertThat(RecordedRuns.resumed(place))
        .isEqualTo(RecordedRuns.uninterrupted(directory.resolve("whole")));
  }

  @Test
  void anInterruptedRunWritesItsCheckpointAndStaysInterrupted() throws IOException {
    Path place = directory.resolve("run");
    try {
      TrainingReport report =
          RecordedRuns.trainer(RecordedRuns.policy())
              .listener(
                  step -> {
                    if (step.step() == 5) {
                      Thread.currentThread().interrupt();
                    }
                  })
              .runDirectory(RunDirectory.at(place))
              .build()
              .train(PAIRS);
      assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      boolean unused = Thread.interrupted();
    }
    assertThat(RecordedRuns.checkpoints(place)).contains("step-00000005");

    assertThat(RecordedRuns.resumed(place))
        .isEqualTo(RecordedRuns.uninterrupted(directory.resolve("whole")));
  }

  @Test
  void timeSpentBeforeCounts() throws IOException {
    Path place = directory.resolve("run");
    Cancellation cancellation = new Cancellation();
    TrainingReport before =
        RecordedRuns.trainer(RecordedRuns.policy())
            .cancellation(cancellation)
            .listener(
                step -> {
                  sleep(30);
                  cancellation.cancel();
                })
            .runDirectory(RecordedRuns.in(place))
            .build()
            .train(PAIRS);
    TrainingReport after =
        RecordedRuns.trainer(RecordedRuns.policy())
            .runDirectory(RecordedRuns.in(place).resume(true))
            .build()
            .train(PAIRS);

    assertThat(before.elapsed()).isGreaterThan(Duration.ofMillis(30));
    assertThat(after.elapsed()).isGreaterThan(Duration.ofMillis(30));
    List<Double> times =
        Files.readAllLines(place.resolve("metrics.jsonl")).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("time").getAsDouble())
            .toList();
    assertThat(times).isSorted();
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
