package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.api.AlarmSettings.bigram;
import static org.dpo4j.api.AlarmSettings.flipped;
import static org.dpo4j.api.AlarmSettings.healthy;
import static org.dpo4j.api.AlarmSettings.marginal;
import static org.dpo4j.api.AlarmSettings.repetitions;
import static org.dpo4j.api.AlarmSettings.together;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.api.monitor.Alarm.Kind;
import org.dpo4j.api.monitor.Monitor;
import org.dpo4j.api.monitor.Thresholds;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alarm has data or a setting that raises it, beside one that doesn't. */
class AlarmsTest {

  private static List<Kind> kinds(TrainingReport report) {
    return report.alarms().stream().map(Alarm::kind).toList();
  }

  private static Alarm alarm(TrainingReport report, Kind kind) {
    return report.alarms().stream().filter(it -> it.kind() == kind).findFirst().orElseThrow();
  }

  @Test
  void aHealthyRun_raisesNone() {
    TrainingReport report = healthy(Toy.random()).build().train(Toy.pairs(8));

    assertThat(report.alarms()).isEmpty();
    assertThat(report.finalMetrics().get("rewards/accuracies")).isGreaterThan(0.7);
  }

  @Test
  void fewPairs_areSaidToBeFew() {
    TrainingReport report =
        healthy(Toy.random()).epochs(1).alarms(Thresholds.defaults()).build().train(Toy.pairs(8));

    assertThat(report.alarms())
        .singleElement()
        .asString()
        .isEqualTo(
            "few_examples: there are 8 pairs, fewer than 5000. Expect overfitting: hold some out, watch their accuracy"
                + " and not the training's, and train one epoch");
  }

  @Test
  void enoughPairs_areNotSaidToBeFew() {
    DpoTrainer.Builder trainer = healthy(Toy.random()).epochs(1);

    assertThat(
            kinds(trainer.alarms(Thresholds.defaults().fewExamples(9)).build().train(Toy.pairs(8))))
        .containsExactly(Kind.FEW_EXAMPLES);
    assertThat(
            kinds(trainer.alarms(Thresholds.defaults().fewExamples(8)).build().train(Toy.pairs(8))))
        .isEmpty();
  }

  @Test
  void everyAlarm_isInTheDocument() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "monitoring.md"));

    for (Kind kind : Kind.values()) {
      assertThat(document).contains("**`" + kind.id() + "`**: ");
    }
  }

  @Test
  void imitation_isNotAskedForFiveThousandExamples() {
    TrainingReport report =
        SftTrainer.builder()
            .policy(Toy.uniform())
            .build()
            .train(List.of(SftExample.of("ask", " a")));

    assertThat(report.alarms()).isEmpty();
  }

  @Test
  void mostPromptsTruncated_isAnAlarm_fewAreNot() {
    PreferencePair fits = PreferencePair.of("ask", " a", " b");
    PreferencePair cut = PreferencePair.of("ask a b c", " d", " e");
    DpoTrainer.Builder trainer =
        healthy(Toy.random()).epochs(1).maxLength(4).onUnfit(Unfit.TRUNCATE_PROMPT);

    Alarm raised =
        alarm(trainer.build().train(PreferenceDataset.of(cut, cut, fits)), Kind.DATA_TRUNCATED);

    assertThat(raised.message()).isEqualTo("2 of 3 prompts were truncated");
    assertThat(raised.step()).isZero();
    assertThat(trainer.build().train(PreferenceDataset.of(cut, fits, fits)).alarms()).isEmpty();
  }

  @Test
  void anotherReference_isToldFromTheStartingPolicy() {
    DpoTrainer.Builder trainer = healthy(Toy.uniform()).epochs(1);

    assertThat(kinds(trainer.build().train(Toy.pairs(8)))).doesNotContain(Kind.NOT_AT_REFERENCE);
    Alarm raised =
        alarm(
            trainer.reference(Reference.model(Toy.random())).build().train(Toy.pairs(8)),
            Kind.NOT_AT_REFERENCE);
    assertThat(raised.message()).startsWith("the first loss is 0.").contains("gives 0.6931");
    assertThat(raised.numbers().get("expected")).isEqualTo(Math.log(2));
  }

  @Test
  void anAlignedReference_isAlreadySatisfied_aNewOneIsNot() {
    TabularPolicy policy = Toy.uniform();
    PreferenceDataset pairs = Toy.pairs(8);

    TrainingReport first =
        healthy(policy).optimizer(Sgd.learningRate(100)).epochs(10).build().train(pairs);
    TrainingReport second = healthy(policy).epochs(10).build().train(pairs);

    assertThat(kinds(first)).doesNotContain(Kind.ALREADY_SATISFIED);
    assertThat(alarm(second, Kind.ALREADY_SATISFIED).message())
        .isEqualTo(
            "the reference has 100 % of the pairs in the right order before any training (per token)");
    assertThat(alarm(second, Kind.ALREADY_SATISFIED).step()).isOne();
  }

  @Test
  void chosenThatFallWithTheRejected_areSeen_thoughTheLossFalls() {
    TrainingReport report =
        healthy(bigram()).optimizer(Sgd.learningRate(5)).build().train(repetitions());

    Alarm raised = alarm(report, Kind.CHOSEN_FALLING);

    assertThat(report.history("loss")).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(raised.step()).isEqualTo(20);
    assertThat(raised.numbers().get("slope")).isNegative();
    assertThat(raised.numbers().get("fall")).isGreaterThan(1);
    assertThat(raised.message())
        .matches(
            "the chosen completions become less likely: by [0-9.]+ nats over 20 steps \\(-[0-9.]+ a step\\)");
  }

  @Test
  void marginalPairs_letTheChosenFall_pairsThatDifferDoNot() {
    PreferenceDataset differ =
        PreferenceDataset.of(
            PreferencePair.of("ask", " a a b", " c c d"),
            PreferencePair.of("ask", " e e f", " g g h"));

    assertThat(kinds(healthy(bigram()).optimizer(Sgd.learningRate(5)).build().train(marginal())))
        .contains(Kind.CHOSEN_FALLING);
    assertThat(kinds(healthy(bigram()).optimizer(Sgd.learningRate(5)).build().train(differ)))
        .doesNotContain(Kind.CHOSEN_FALLING);
  }

  @Test
  void chosenThatFall_areSeenOnHeldOutPairsToo() {
    PreferenceDataset others = PreferenceDataset.of(PreferencePair.of("ask", " a b", " a b a b"));
    TrainingReport report =
        healthy(bigram())
            .optimizer(Sgd.learningRate(5))
            .maxSteps(15)
            .evaluation(others)
            .evaluateEvery(5)
            .build()
            .train(repetitions());

    assertThat(alarm(report, Kind.CHOSEN_FALLING).message())
        .startsWith("the held-out chosen completions become less likely: by ");
  }

  @Test
  void marginsThatGrowOnAndOn_areSaturated() {
    DpoTrainer.Builder trainer = healthy(Toy.uniform()).optimizer(Sgd.learningRate(2_000));

    assertThat(kinds(trainer.build().train(Toy.pairs(8)))).contains(Kind.MARGINS_SATURATED);
    assertThat(
            kinds(
                trainer
                    .loss(Losses.ipo())
                    .policy(Toy.uniform())
                    .optimizer(Sgd.learningRate(1))
                    .build()
                    .train(Toy.pairs(8))))
        .doesNotContain(Kind.MARGINS_SATURATED);
  }

  @Test
  void contradictoryPairs_stayAtChance() {
    PreferenceDataset pairs = Toy.pairs(4);

    TrainingReport report = healthy(Toy.uniform()).build().train(together(pairs, flipped(pairs)));

    assertThat(kinds(report)).contains(Kind.ACCURACY_AT_CHANCE, Kind.LOSS_NOT_MOVING);
    assertThat(alarm(report, Kind.ACCURACY_AT_CHANCE).step()).isEqualTo(50);
  }

  @Test
  void heldOutPairsThatContradictThoseLearnt_stayAtChance() {
    PreferenceDataset pairs = Toy.pairs(8);

    TrainingReport report = healthy(Toy.uniform()).evaluation(flipped(pairs)).build().train(pairs);

    assertThat(alarm(report, Kind.ACCURACY_AT_CHANCE).message())
        .isEqualTo(
            "only 0 % of the held-out pairs are in order after 100 steps, and a coin gives 50 %");
  }

  @Test
  void aTinyBetaWithAHighLearningRate_makesRewardsExplode() {
    TrainingReport report =
        healthy(bigram())
            .beta(0.01)
            .optimizer(Sgd.learningRate(5_000))
            .build()
            .train(repetitions());

    assertThat(kinds(report)).contains(Kind.REWARDS_EXPLODING);
    assertThat(alarm(report, Kind.REWARDS_EXPLODING).numbers().get("drift")).isGreaterThan(100);
  }

  @Test
  void aHugeBeta_leavesNothingThatPulls() {
    assertThat(kinds(healthy(Toy.uniform()).beta(20).build().train(Toy.pairs(8))))
        .contains(Kind.GRADIENT_WEIGHT_COLLAPSED);
  }

  @Test
  void aTinyLearningRate_leavesTheLossWhereItIs() {
    TrainingReport report =
        healthy(Toy.random()).optimizer(Sgd.learningRate(1e-6)).build().train(Toy.pairs(8));

    assertThat(kinds(report)).containsExactly(Kind.LOSS_NOT_MOVING);
    assertThat(alarm(report, Kind.LOSS_NOT_MOVING).message())
        .isEqualTo("the loss is 0.6931 after 50 steps, and it was 0.6931 over the first 20");
  }

  /** As likelihood does, from batch to batch: ORPO's by a tenth on the demo's pairs. */
  @Test
  void aLossThatBatchesScatter_isNotJudgedByPassingWhereItBegan() {
    Monitor scattered = new Monitor(Thresholds.defaults());
    Monitor still = new Monitor(Thresholds.defaults());
    for (int step = 1; step <= 100; step++) {
      scattered.step(step, losing(0.9 + (step % 2 == 0 ? 0.1 : -0.1)));
      still.step(step, losing(0.9 + (step % 2 == 0 ? 0.001 : -0.001)));
    }
    assertThat(scattered.alarms()).isEmpty();
    assertThat(still.alarms()).extracting(Alarm::kind).containsExactly(Kind.LOSS_NOT_MOVING);
  }

  private static Metrics losing(double loss) {
    return Metrics.of(Map.of("loss", loss, "gradient_weight", 0.5, "rewards/accuracies", 0.8));
  }

  @Test
  void listenersAreToldOnce_afterTheStep() {
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingStep step) {
            told.add("step " + step.step());
          }

          @Override
          public void onAlarm(Alarm alarm) {
            told.add(alarm.kind().id());
          }
        };

    healthy(bigram())
        .optimizer(Sgd.learningRate(5))
        .maxSteps(21)
        .listener(listener)
        .build()
        .train(repetitions());

    assertThat(told.subList(19, 22)).containsExactly("step 20", "chosen_falling", "step 21");
  }

  @Test
  void withoutAlarms_thereAreNone(@TempDir Path root) {
    TrainingReport report =
        healthy(bigram())
            .optimizer(Sgd.learningRate(5))
            .runDirectory(RunDirectory.at(root.resolve("run")))
            .withoutAlarms()
            .build()
            .train(repetitions());

    assertThat(report.alarms()).isEmpty();
    assertThat(root.resolve("run").resolve("alarms.jsonl")).doesNotExist();
  }

  /** Interrupted before and after an alarm: what is raised, and written down, is the same. */
  @Test
  void aRunThatGoesOn_raisesTheSame(@TempDir Path root) throws IOException {
    List<Alarm> whole = run(root.resolve("whole"), 40).alarms();
    Path inParts = root.resolve("parts");
    List<Alarm> told = new ArrayList<>();

    TrainingReport last =
        IntStream.of(7, 30, 40)
            .mapToObj(until -> run(inParts, until, told))
            .reduce((before, after) -> after)
            .orElseThrow();

    assertThat(last.alarms()).isEqualTo(whole).isNotEmpty();
    assertThat(told).isEqualTo(whole);
    assertThat(Files.readAllLines(inParts.resolve("alarms.jsonl")))
        .isEqualTo(Files.readAllLines(root.resolve("whole").resolve("alarms.jsonl")));
    JsonObject line =
        JsonParser.parseString(Files.readAllLines(inParts.resolve("alarms.jsonl")).get(1))
            .getAsJsonObject();
    assertThat(line.keySet()).containsExactly("kind", "step", "message", "advice", "numbers");
    assertThat(line.get("kind").getAsString()).isEqualTo("chosen_falling");
  }

  private static TrainingReport run(Path directory, int until) {
    return run(directory, until, new ArrayList<>());
  }

  private static TrainingReport run(Path directory, int until, List<Alarm> told) {
    Cancellation cancellation = new Cancellation();
    return healthy(bigram())
        .optimizer(Sgd.learningRate(5))
        .maxSteps(40)
        .alarms(Thresholds.defaults())
        .runDirectory(RunDirectory.at(directory).resume(true))
        .cancellation(cancellation)
        .listener(
            new TrainingListener() {
              @Override
              public void onStep(TrainingStep step) {
                if (step.step() == until) {
                  cancellation.cancel();
                }
              }

              @Override
              public void onAlarm(Alarm alarm) {
                told.add(alarm);
              }
            })
        .build()
        .train(repetitions());
  }
}
