package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dpo4j.api.RecordedRuns.Left;
import org.dpo4j.core.backend.AdamW;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs over thumbs and rankings that were cancelled and go on are the runs that were not. */
class ShapesResumeTest {

  @TempDir(factory = FastDisk.class)
  Path directory;

  /** A way to train, in a directory and with a listener. */
  record Kind(String name, Training training) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Trains to the end, or until it is cancelled. */
  interface Training {
    TrainingReport run(
        ObservedPolicy policy,
        RunDirectory in,
        Cancellation cancellation,
        TrainingListener listener);
  }

  private static <B extends TrainerBuilder<B>> B configured(
      B builder,
      ObservedPolicy policy,
      RunDirectory in,
      Cancellation cancellation,
      TrainingListener listener) {
    return builder
        .policy(policy)
        .optimizer(AdamW.learningRate(0.05))
        .epochs(2)
        .evaluateEvery(3)
        .runDirectory(in)
        .cancellation(cancellation)
        .listener(listener);
  }

  private static Kind unpaired(
      String name, Function<KtoTrainer.Builder, KtoTrainer.Builder> change) {
    return new Kind(
        name,
        (policy, in, cancellation, listener) ->
            change
                .apply(
                    configured(KtoTrainer.builder(), policy, in, cancellation, listener)
                        .batchSize(4)
                        .evaluation(Toy.unpaired(6)))
                .build()
                .train(Toy.unpaired(15)));
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        unpaired("kto", builder -> builder),
        unpaired(
            "kto, cached copy, accumulating",
            builder ->
                builder
                    .batchSize(2)
                    .accumulateOver(2)
                    .reference(Reference.cached(Reference.frozenCopy()))),
        unpaired("kto, moving", builder -> builder.reference(Reference.moving(0.6, 2))),
        unpaired("bco", builder -> builder.loss(Losses.bco())),
        new Kind(
            "rankings",
            (policy, in, cancellation, listener) ->
                configured(RankingTrainer.builder(), policy, in, cancellation, listener)
                    .batchSize(2)
                    .accumulateOver(2)
                    .evaluation(Toy.rankings(6))
                    .build()
                    .train(Toy.rankings(13))));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void afterACancellationInAnyStep(Kind kind) throws IOException {
    Path at = directory.resolve("whole");
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    TrainingReport report =
        kind.training.run(policy, RecordedRuns.in(at), new Cancellation(), step -> {});
    Left whole = Left.of(report, policy, at);

    assertThat(whole.steps()).hasSize(8);
    for (int steps = 1; steps < 8; steps++) {
      int last = steps;
      Path place = directory.resolve("cancelled-" + steps);
      Cancellation cancellation = new Cancellation();
      kind.training.run(
          new ObservedPolicy(Toy.random()),
          RecordedRuns.in(place),
          cancellation,
          step -> {
            if (step.step() == last) {
              cancellation.cancel();
            }
          });
      ObservedPolicy resumed = new ObservedPolicy(Toy.random());
      TrainingReport rest =
          kind.training.run(
              resumed, RecordedRuns.in(place).resume(true), new Cancellation(), step -> {});

      assertThat(Left.of(rest, resumed, place)).as("cancelled after %d", steps).isEqualTo(whole);
    }
  }

  @Test
  void aThumbThatWasTurnedIsOtherData() {
    RunDirectory in = RunDirectory.at(directory.resolve("run"));
    trainer(in).train(Toy.unpaired(6));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                trainer(in.resume(true))
                    .train(
                        Toy.unpaired(6)
                            .map(
                                example ->
                                    UnpairedExample.of(
                                        example.prompt(), example.completion(), true))))
        .withMessageContaining("data.sha256 was ");
  }

  private static KtoTrainer trainer(RunDirectory in) {
    return KtoTrainer.builder().policy(Toy.random()).runDirectory(in).build();
  }
}
