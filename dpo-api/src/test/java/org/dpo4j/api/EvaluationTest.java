package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  private static final PreferenceDataset TRAIN = Toy.pairs(24).range(0, 17);
  private static final PreferenceDataset HELD_OUT = Toy.pairs(24).range(17, 24);

  private static DpoTrainer.Builder trainer(TabularPolicy policy) {
    return Toy.trainer(policy).batchSize(3).beta(0.3);
  }

  @Test
  void takesPlaceEveryFewStepsAndAtTheEnd() {
    TrainingReport report =
        trainer(Toy.random()).evaluation(HELD_OUT).evaluateEvery(4).epochs(2).build().train(TRAIN);

    assertThat(report.steps()).hasSize(12);
    assertThat(report.evaluations()).extracting(TrainingStep::step).containsExactly(4, 8, 12);
  }

  @Test
  void takesPlaceAtTheEndEvenWhenTheStepsDontDivide() {
    TrainingReport report =
        trainer(Toy.random()).evaluation(HELD_OUT).evaluateEvery(4).build().train(TRAIN);

    assertThat(report.steps()).hasSize(6);
    assertThat(report.evaluations()).extracting(TrainingStep::step).containsExactly(4, 6);
  }

  @Test
  void takesPlaceOnlyAtTheEndByDefault() {
    TrainingReport report = trainer(Toy.random()).evaluation(HELD_OUT).build().train(TRAIN);

    assertThat(report.evaluations()).extracting(TrainingStep::step).containsExactly(6);
  }

  @Test
  void givesTheLossOfTheHeldOutPairsUnderThePresentPolicy() {
    TabularPolicy start = Toy.random();
    TabularPolicy policy = start.copy();
    List<Double> expected = new ArrayList<>();

    TrainingReport report =
        trainer(policy)
            .evaluation(HELD_OUT)
            .evaluateEvery(2)
            .listener(
                step -> {
                  if (step.step() % 2 == 0) {
                    expected.add(Toy.dpoLoss(policy, start, HELD_OUT, 0.3));
                  }
                })
            .build()
            .train(TRAIN);

    assertThat(expected).hasSize(3).doesNotHaveDuplicates();
    assertThat(report.history("eval_loss"))
        .containsExactly(
            expected.stream().mapToDouble(Double::doubleValue).toArray(), within(1e-12));
  }

  @Test
  void changesNothingInTraining() {
    TabularPolicy policy = Toy.random();
    TabularPolicy evaluated = Toy.random();

    TrainingReport report = trainer(policy).epochs(2).build().train(TRAIN);
    TrainingReport same =
        trainer(evaluated).epochs(2).evaluation(HELD_OUT).evaluateEvery(1).build().train(TRAIN);

    assertThat(same.steps()).isEqualTo(report.steps());
    assertThat(Toy.logProbs(evaluated, TRAIN)).isEqualTo(Toy.logProbs(policy, TRAIN));
    assertThat(same.evaluations()).hasSize(12);
    assertThat(report.evaluations()).isEmpty();
  }

  @Test
  void isToldToListenersAfterTheStepItFollows() {
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingStep step) {
            told.add("step " + step.step());
          }

          @Override
          public void onEvaluation(TrainingStep step) {
            assertThat(step.metrics().names()).allMatch(name -> name.startsWith("eval_"));
            told.add("evaluation " + step.step() + " of " + step.totalSteps());
          }
        };

    trainer(Toy.random())
        .maxSteps(3)
        .evaluation(HELD_OUT)
        .evaluateEvery(2)
        .listener(listener)
        .build()
        .train(TRAIN);

    assertThat(told)
        .containsExactly("step 1", "step 2", "evaluation 2 of 3", "step 3", "evaluation 3 of 3");
  }

  @Test
  void refusesAWordItDoesntKnowBeforeAnythingIsTrained() {
    TabularPolicy policy = Toy.random();
    PreferenceDataset unknown =
        PreferenceDataset.of(PreferencePair.of("ask", " a", " zebra").withId("held-out-7"));
    DpoTrainer trainer = trainer(policy).evaluation(unknown).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(TRAIN))
        .withMessage(
            "pair 'held-out-7': ' zebra' is not in the vocabulary of 11 words; build the tokenizer"
                + " with it");
    assertThat(Toy.logProbs(policy, TRAIN)).isEqualTo(Toy.logProbs(Toy.random(), TRAIN));
  }
}
