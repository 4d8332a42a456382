package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dpo4j.api.RecordedRuns.PAIRS;

import com.google.common.collect.Iterables;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dpo4j.api.RecordedRuns.Left;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.tabular.TabularPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("language")
class RunDirectoryTest {

  @TempDir(factory = FastDisk.class)
  Path root;

  private Path directory;

  @BeforeEach
  void nameTheDirectory() {
    directory = root.resolve("runs").resolve("first");
  }

  /** Trains until after a step, with a checkpoint every second one. */
  private void trainUntil(int last) {
    Cancellation cancellation = new Cancellation();
    TrainingReport report =
        RecordedRuns.trainer(RecordedRuns.policy())
            .cancellation(cancellation)
            .listener(
                step -> {
                  if (step.step() >= last) {
                    cancellation.cancel();
                  }
                })
            .runDirectory(RecordedRuns.in(directory))
            .build()
            .train(PAIRS);
    assertThat(report.stopped()).isEqualTo(StopReason.CANCELLED);
  }

  /** Goes on to the end, and says after which step it began. */
  private int resumeAndTellFrom() throws IOException {
    List<Integer> steps = new ArrayList<>();
    ObservedPolicy policy = RecordedRuns.policy();
    TrainingReport report =
        RecordedRuns.trainer(policy)
            .listener(
                new TrainingListener() {
                  @Override
                  public void onStep(TrainingStep step) {
                    steps.add(step.step());
                  }

                  @Override
                  public void onSkippedStep(SkippedStep step) {
                    steps.add(step.step());
                  }
                })
            .runDirectory(RecordedRuns.in(directory).resume(true))
            .build()
            .train(PAIRS);
    assertThat(Left.of(report, policy, directory))
        .isEqualTo(RecordedRuns.uninterrupted(root.resolve("whole-" + System.nanoTime())));
    return steps.get(0) - 1;
  }

  private JsonObject json(String file) throws IOException {
    return JsonParser.parseString(Files.readString(directory.resolve(file))).getAsJsonObject();
  }

  @Test
  void aDirectory_isAskedBeforeAPolicyIsThere() throws IOException {
    RunDirectory fresh = RunDirectory.at(directory);
    fresh.requireReady();
    assertThat(root.resolve("runs")).doesNotExist();

    Files.createDirectories(directory);
    fresh.requireReady();
    Files.writeString(directory.resolve("run.json"), "{}");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(fresh::requireReady)
        .satisfies(
            refused -> {
              assertThat(refused.problem())
                  .isEqualTo("there is a run in " + directory + " already");
              assertThat(refused.remedy()).isEqualTo(Remedy.RESUME);
              assertThat(refused).hasMessage(refused.problem() + "; " + Remedy.RESUME.inJava());
            });
    fresh.resume(true).requireReady();

    Path other = Files.createDirectories(root.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "");
    assertThatIllegalArgumentException()
        .isThrownBy(RunDirectory.at(other)::requireReady)
        .withMessageContaining("thesis.tex");
  }

  @Test
  void holdsAllThereIsToKnowOfARun() throws IOException {
    Left whole = RecordedRuns.uninterrupted(directory);

    try (Stream<Path> inside = Files.list(directory)) {
      assertThat(inside.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "run.json",
              "run.lock",
              "metrics.jsonl",
              "alarms.jsonl",
              "pairs.jsonl",
              "checkpoints",
              "final",
              "report.txt",
              "report.html");
    }
    JsonObject run = json("run.json");
    assertThat(run.keySet())
        .containsExactly(
            "format",
            "versions",
            "policy",
            "description",
            "task",
            "reference",
            "optimizer",
            "schedule",
            "batch_size",
            "max_tokens",
            "max_length",
            "on_unfit",
            "accumulate_over",
            "epochs",
            "max_steps",
            "shuffle",
            "seed",
            "max_grad_norm",
            "on_non_finite",
            "data",
            "data_origin",
            "evaluation",
            "evaluation_origin",
            "evaluate_every",
            "early_stopping");
    assertThat(run.get("task").getAsString())
        .isEqualTo("Preferences[objective=Dpo[], strength=0.1]");
    assertThat(run.get("seed").getAsLong()).isEqualTo(42);
    assertThat(run.getAsJsonObject("data").get("examples").getAsInt()).isEqualTo(17);
    assertThat(run.getAsJsonObject("data").get("sha256").getAsString()).hasSize(64);
    assertThat(run.getAsJsonObject("policy").get("fingerprint").getAsString())
        .isEqualTo(Toy.random().fingerprint().orElseThrow());
    RecordedRuns.assertFinalPolicy(directory, Toy.random(), whole.policy());
    assertThat(Files.readString(directory.resolve("report.txt")))
        .startsWith("dpo, β = 0.1: ")
        .contains("completed");
  }

  @Test
  void metricsAreALineAStepUnderTheirNames() throws IOException {
    Left whole = RecordedRuns.uninterrupted(directory);

    List<JsonObject> lines = RecordedRuns.json(directory);
    List<JsonObject> steps = lines.stream().filter(line -> line.has("loss")).toList();
    assertThat(steps).hasSameSizeAs(whole.steps());
    for (int i = 0; i < steps.size(); i++) {
      TrainingStep step = whole.steps().get(i);
      assertThat(steps.get(i).get("step").getAsInt()).isEqualTo(step.step());
      for (String name : step.metrics().names()) {
        assertThat(steps.get(i).get(name).getAsDouble()).isEqualTo(step.metrics().get(name));
      }
    }
    List<JsonObject> skipped = lines.stream().filter(line -> line.has("skipped")).toList();
    assertThat(skipped).hasSameSizeAs(whole.skipped()).isNotEmpty();
    assertThat(skipped.get(0).get("skipped").getAsString()).isEqualTo("policy log-prob");
    assertThat(skipped.get(0).get("value").getAsString()).isEqualTo("NaN");
    assertThat(skipped.get(0).get("examples").toString())
        .isEqualTo("[\"" + whole.skipped().get(0).exampleIds().get(0) + "\"]");
    assertThat(lines.stream().filter(line -> line.has("eval_loss")))
        .hasSameSizeAs(whole.evaluations());
  }

  @Test
  void eachLineIsThereWhenItsListenersAreTold() {
    List<Integer> told = new ArrayList<>();

    RecordedRuns.trainer(RecordedRuns.policy())
        .runDirectory(RunDirectory.at(directory))
        .listener(
            step -> {
              told.add(step.step());
              JsonObject line = lastLine();
              assertThat(line.get("step").getAsInt()).isEqualTo(step.step());
              assertThat(line.get("loss").getAsDouble()).isEqualTo(step.metrics().get("loss"));
            })
        .build()
        .train(PAIRS);

    assertThat(told).hasSize(12);
  }

  private JsonObject lastLine() {
    try {
      List<JsonObject> lines = RecordedRuns.json(directory);
      return lines.get(lines.size() - 1);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void keepsTheLastCheckpointsAndTheBest() throws IOException {
    // Steps 1 and 2 do the held-out pairs good, and all that follows undoes it.
    List<SftExample> wanted = List.of(SftExample.of("ask a", " b"));
    List<SftExample> data = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      data.add(SftExample.of("ask a", i < 2 ? " b" : " c"));
    }
    SftTrainer.builder()
        .policy(Toy.uniform())
        .optimizer(Sgd.learningRate(1))
        .batchSize(1)
        .shuffle(false)
        .evaluation(wanted)
        .evaluateEvery(1)
        .runDirectory(RunDirectory.at(directory).checkpointEvery(3).keepLast(2))
        .build()
        .train(data);

    List<JsonObject> evaluations =
        RecordedRuns.json(directory).stream().filter(line -> line.has("eval_loss")).toList();
    int best = 0;
    for (int i = 1; i < evaluations.size(); i++) {
      best =
          evaluations.get(i).get("eval_loss").getAsDouble()
                  < evaluations.get(best).get("eval_loss").getAsDouble()
              ? i
              : best;
    }
    String kept = String.format(Locale.ROOT, "step-%08d", best + 1);
    assertThat(best + 1).isBetween(2, 5);
    assertThat(Files.readString(directory.resolve("checkpoints/best"))).isEqualTo(kept + "\n");
    assertThat(RecordedRuns.checkpoints(directory))
        .containsExactly(kept, "step-00000006", "step-00000009");
  }

  @Test
  void aCheckpointIsDueAfterATimeToo() throws IOException {
    RecordedRuns.trainer(RecordedRuns.policy())
        .runDirectory(RunDirectory.at(directory).checkpointEvery(Duration.ofNanos(1)).keepLast(100))
        .build()
        .train(PAIRS);

    assertThat(RecordedRuns.checkpoints(directory)).hasSize(15);
  }

  @Test
  void aCheckpointThatIsNotWholeIsPassedOver() throws IOException {
    List<Damage> damages = new ArrayList<>();
    for (String file :
        List.of(
            "policy.table",
            "optimizer/optimizer.table",
            "reference/policy.table",
            "checkpoint.json")) {
      damages.add(new Damage(file, bytes -> flipped(bytes, bytes.length / 2)));
      damages.add(new Damage(file, bytes -> flipped(bytes, bytes.length - 3)));
      damages.add(new Damage(file, bytes -> Arrays.copyOf(bytes, bytes.length - 1)));
      damages.add(new Damage(file, bytes -> Arrays.copyOf(bytes, bytes.length + 1)));
      damages.add(new Damage(file, bytes -> new byte[0]));
      damages.add(new Damage(file, null));
    }
    for (Damage damage : damages) {
      directory = root.resolve("damaged-" + damages.indexOf(damage));
      trainUntil(7);
      List<String> checkpoints = RecordedRuns.checkpoints(directory);
      damage.to(directory.resolve("checkpoints").resolve(Iterables.getLast(checkpoints)));

      assertThat(resumeAndTellFrom())
          .as("%s", damage)
          .isEqualTo(stepOf(checkpoints.get(checkpoints.size() - 2)));
    }
  }

  private static int stepOf(String checkpoint) {
    return Integer.parseInt(checkpoint.substring("step-".length()));
  }

  /** What happens to a file; it is deleted if there is no change. */
  private record Damage(String file, @Nullable UnaryOperator<byte[]> change) {

    void to(Path checkpoint) throws IOException {
      Path damaged = checkpoint.resolve(file);
      if (change == null) {
        Files.delete(damaged);
      } else {
        Files.write(damaged, change.apply(Files.readAllBytes(damaged)));
      }
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= 1;
    return flipped;
  }

  @Test
  void aCheckpointWhoseMetricsAreGoneIsPassedOver() throws IOException {
    trainUntil(7);
    Path file = directory.resolve("metrics.jsonl");
    List<String> lines = Files.readAllLines(file);
    Files.writeString(file, String.join("\n", lines.subList(0, lines.size() - 1)) + "\n");

    List<String> checkpoints = RecordedRuns.checkpoints(directory);
    assertThat(resumeAndTellFrom()).isEqualTo(stepOf(checkpoints.get(checkpoints.size() - 2)));
  }

  @Test
  void withoutACheckpointThatIsWholeNothingIsTrained() throws IOException {
    trainUntil(5);
    for (String checkpoint : RecordedRuns.checkpoints(directory)) {
      Files.delete(directory.resolve("checkpoints").resolve(checkpoint).resolve("policy.table"));
    }

    assertThatIllegalStateException()
        .isThrownBy(() -> RecordedRuns.resumed(directory))
        .withMessageStartingWith(
            "none of the 3 checkpoints in " + directory + " is whole, the newest because: ")
        .withMessageEndingWith("; begin anew in another directory");
  }

  @Test
  void aFinalPolicyThatIsNotWholeIsMadeAgain() throws IOException {
    Left whole = RecordedRuns.uninterrupted(directory);
    Files.write(directory.resolve("final/policy.table"), new byte[3]);

    assertThat(RecordedRuns.resumed(directory)).isEqualTo(whole);
    RecordedRuns.assertFinalPolicy(directory, Toy.random(), whole.policy());
  }

  @Test
  void oneRunAtATimeIsInADirectory() {
    List<String> messages = new ArrayList<>();

    RecordedRuns.trainer(RecordedRuns.policy())
        .runDirectory(RunDirectory.at(directory))
        .maxSteps(1)
        .listener(
            step ->
                assertThatIllegalStateException()
                    .isThrownBy(() -> RecordedRuns.resumed(directory))
                    .satisfies(e -> messages.add(e.getMessage())))
        .build()
        .train(PAIRS);

    assertThat(messages)
        .containsExactly(
            "another run is in " + directory + "; wait for its end, or name another directory");
  }

  @Test
  void anotherRunIsNotOverwritten() throws IOException {
    RecordedRuns.uninterrupted(directory);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordedRuns.uninterrupted(directory))
        .withMessage(
            "there is a run in %s already; go on with it by RunDirectory.resume(true), or name"
                + " another directory",
            directory);
  }

  @Test
  void aDirectoryWithOtherThingsIsRefused() throws IOException {
    Files.createDirectories(directory);
    Files.createFile(directory.resolve("thesis.tex"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordedRuns.resumed(directory))
        .withMessage(
            "%s must be a directory of the run's own, and there is thesis.tex in it, but no"
                + " run.json; name another directory",
            directory);
  }

  @Test
  void anotherConfigurationIsRefusedByName() {
    trainUntil(3);

    assertDifference(trainer -> trainer.seed(43), "seed was 42 and is 43");
    assertDifference(
        trainer -> trainer.beta(0.2),
        "task was Preferences[objective=Dpo[], strength=0.1] and is Preferences[objective=Dpo[],"
            + " strength=0.2]");
    assertDifference(
        trainer -> trainer.batchSize(4).maxTokens(99),
        "batch_size was 2 and is 4; max_tokens was none and is 99");
    assertDifference(
        trainer -> trainer.reference(Reference.frozenCopy()),
        "reference.kind was Moving[alpha=0.6, everySteps=2] and is FrozenCopy[]");
    assertDifference(
        trainer -> trainer.earlyStopping(EarlyStopping.patience(3)),
        "early_stopping was none and is EarlyStopping[metric=eval_loss, higherIsBetter=false,"
            + " patience=3, minImprovement=0.0]");
  }

  private void assertDifference(UnaryOperator<DpoTrainer.Builder> change, String difference) {
    ObservedPolicy policy = RecordedRuns.policy();
    DpoTrainer trainer =
        change
            .apply(RecordedRuns.trainer(policy))
            .runDirectory(RecordedRuns.in(directory).resume(true))
            .build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(PAIRS))
        .withMessage(
            "the run in %s can't go on: %s. It needs the configuration, the data and the policy"
                + " that it began with (what the policy had learnt is restored); or begin another"
                + " run in another directory",
            directory, difference);
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void otherDataAndAnotherPolicyAreRefusedByName() {
    trainUntil(3);
    DpoTrainer.Builder trainer =
        RecordedRuns.trainer(RecordedRuns.policy())
            .runDirectory(RecordedRuns.in(directory).resume(true));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.build().train(PAIRS.range(0, 16)))
        .withMessageContaining("can't go on: data.examples was 17 and is 16; data.sha256 was ");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> trainer.build().train(PAIRS.map(p -> p.id().equals("3") ? p.withWeight(2) : p)))
        .withMessageContaining("can't go on: data.sha256 was ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.evaluation(PAIRS).build().train(PAIRS))
        .withMessageContaining("can't go on: evaluation.examples was 8 and is 17; ");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RecordedRuns.trainer(new ObservedPolicy(Toy.uniform()))
                    .runDirectory(RecordedRuns.in(directory).resume(true))
                    .build()
                    .train(PAIRS))
        .withMessageContaining("can't go on: policy.fingerprint was ");
  }

  @Test
  void aRunDescriptionThatIsNoneIsRefused() throws IOException {
    trainUntil(3);
    Files.writeString(directory.resolve("run.json"), "[");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordedRuns.resumed(directory))
        .withMessageStartingWith(directory.resolve("run.json") + " is no description of a run (");
  }

  @Test
  void howOftenCheckpointsAreWrittenMayChange() throws IOException {
    trainUntil(3);
    ObservedPolicy policy = RecordedRuns.policy();
    TrainingReport report =
        RecordedRuns.trainer(policy)
            .runDirectory(RunDirectory.at(directory).checkpointEvery(1000).keepLast(1).resume(true))
            .build()
            .train(PAIRS);

    assertThat(Left.of(report, policy, directory))
        .isEqualTo(RecordedRuns.uninterrupted(root.resolve("whole")));
  }

  @Test
  void aPolicyThatCannotBeSavedIsRefusedAtOnce() {
    Policy unsaved = as(Toy.random(), Policy.class);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DpoTrainer.builder()
                    .policy(unsaved)
                    .runDirectory(RunDirectory.at(directory))
                    .build())
        .withMessage(
            "runDirectory(…) needs a policy that can be saved, and %s is not Resumable",
            unsaved.getClass().getName());
  }

  @Test
  void aPolicyThatCannotNameItsWeightsIsRefusedAtOnce() {
    Policy nameless = as(Toy.random(), Policy.class, Resumable.class);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DpoTrainer.builder()
                    .policy(nameless)
                    .runDirectory(RunDirectory.at(directory))
                    .build()
                    .train(PAIRS))
        .withMessage(
            "the policy can't tell which weights it has, so that the run in %s could not be resumed"
                + " safely; let its fingerprint() say so, or leave out runDirectory(…)",
            directory);
  }

  /** A table that is only what some interfaces say, and has no fingerprint. */
  private static Policy as(TabularPolicy table, Class<?>... interfaces) {
    return (Policy)
        Proxy.newProxyInstance(
            RunDirectoryTest.class.getClassLoader(),
            interfaces,
            (self, method, arguments) -> {
              if (method.getName().equals("fingerprint")) {
                return Optional.empty();
              }
              try {
                return method.invoke(table, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    RunDirectory run = RunDirectory.at(directory);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.checkpointEvery(0))
        .withMessage("steps must be ≥ 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.checkpointEvery(Duration.ZERO))
        .withMessage("time must be > 0, got PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.keepLast(0))
        .withMessage("checkpoints must be ≥ 1, got 0");
    assertThat(run.path()).isEqualTo(directory);
  }
}
