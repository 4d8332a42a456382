package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.batch.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyStoppingTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(8);

  /** The same pairs with the opposite taste: the better one learns, the worse these get. */
  private static final PreferenceDataset OPPOSITE =
      PAIRS.map(
          pair ->
              new PreferencePair(
                  pair.id(),
                  pair.prompt(),
                  pair.rejected(),
                  pair.chosen(),
                  OptionalDouble.empty(),
                  OptionalDouble.empty(),
                  OptionalDouble.empty(),
                  1.0,
                  pair.tags()));

  private static boolean isMet(EarlyStopping rule, double... values) {
    return rule.isMet(
        Arrays.stream(values).mapToObj(value -> Metrics.NONE.with(rule.metric(), value)).toList());
  }

  private static DpoTrainer.Builder trainer() {
    return Toy.trainer(Toy.uniform()).epochs(20).evaluateEvery(1);
  }

  @Test
  void isMetWhenTheLossHasNotFallenForAsLongAsPatienceLasts() {
    EarlyStopping rule = EarlyStopping.patience(2);

    assertThat(isMet(rule)).isFalse();
    assertThat(isMet(rule, 0.7)).isFalse();
    assertThat(isMet(rule, 0.7, 0.8)).isFalse();
    assertThat(isMet(rule, 0.7, 0.8, 0.9)).isTrue();
    assertThat(isMet(rule, 0.7, 0.7, 0.7)).as("equal is no better").isTrue();
    assertThat(isMet(rule, 0.7, 0.8, 0.6)).isFalse();
    assertThat(isMet(rule, 0.7, 0.8, 0.6, 0.65)).isFalse();
    assertThat(isMet(rule, 0.5, 0.8, 0.6)).as("better than the last is not enough").isTrue();
    assertThat(isMet(rule, 0.7, 0.8, 0.6, 0.65, 0.61)).isTrue();
  }

  @Test
  void isMetOnAMetricThatShouldRise() {
    EarlyStopping rule = EarlyStopping.patience(1).untilHighest("eval_rewards/accuracies");

    assertThat(isMet(rule, 0.5, 0.6, 0.7)).isFalse();
    assertThat(isMet(rule, 0.5, 0.6, 0.6)).isTrue();
    assertThat(isMet(rule, 0.5, 0.4)).isTrue();
  }

  @Test
  void canBeTurnedToAnotherMetricThatShouldFall() {
    EarlyStopping rule =
        EarlyStopping.patience(1).untilHighest("eval_loss").untilLowest("eval_kl/chosen");

    assertThat(rule).isEqualTo(new EarlyStopping("eval_kl/chosen", false, 1, 0.0));
    assertThat(isMet(rule, 0.5, 0.4)).isFalse();
    assertThat(isMet(rule, 0.5, 0.6)).isTrue();
  }

  @Test
  void countsOnlyImprovementsAboveTheThreshold() {
    EarlyStopping rule = EarlyStopping.patience(2).minImprovement(0.125);

    assertThat(isMet(rule, 1.0, 0.75, 0.5)).isFalse();
    assertThat(isMet(rule, 1.0, 0.9375, 0.875)).as("exactly the threshold").isTrue();
    // The best stays 1 until it is beaten by more than the threshold, so small steps add up.
    assertThat(isMet(rule, 1.0, 0.9375, 0.8125)).isFalse();
    assertThat(isMet(rule, 1.0, 0.9375, 0.8125, 0.75, 0.6875)).isTrue();
  }

  @Test
  void endsARunWhoseEvaluationLossRises() {
    TrainingReport report =
        trainer()
            .evaluation(OPPOSITE)
            .earlyStopping(EarlyStopping.patience(3))
            .build()
            .train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.STOPPED_EARLY);
    assertThat(report.steps()).hasSize(4);
    assertThat(report.steps().get(3).totalSteps()).isEqualTo(20);
    assertThat(report.history("eval_loss")).hasSize(4).isSorted();
  }

  @Test
  void endsARunWhoseAccuracyCantRiseAnyMore() {
    TrainingReport report =
        trainer()
            .evaluation(PAIRS)
            .evaluateEvery(2)
            .earlyStopping(EarlyStopping.patience(2).untilHighest("eval_rewards/accuracies"))
            .build()
            .train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.STOPPED_EARLY);
    assertThat(report.history("eval_rewards/accuracies")).containsExactly(1, 1, 1);
    assertThat(report.steps()).hasSize(6);
  }

  @Test
  void letsARunThatImprovesFinish() {
    TrainingReport report =
        trainer().evaluation(PAIRS).earlyStopping(EarlyStopping.patience(1)).build().train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.steps()).hasSize(20);
  }

  @Test
  void aRuleMetAtTheLastStepLeavesTheRunCompleted() {
    TrainingReport report =
        trainer()
            .epochs(2)
            .evaluation(OPPOSITE)
            .earlyStopping(EarlyStopping.patience(1))
            .build()
            .train(PAIRS);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
  }

  @Test
  void refusesTrainingMetrics() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.patience(1).untilLowest("loss"))
        .withMessage("metric must be an evaluation metric (eval_…), got 'loss'");
  }

  @Test
  void refusesAMetricThatEvaluationsDontHave() {
    DpoTrainer trainer =
        trainer()
            .evaluation(PAIRS)
            .earlyStopping(EarlyStopping.patience(1).untilHighest("eval_accuracy"))
            .build();

    assertThatThrownBy(() -> trainer.train(PAIRS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no metric is named 'eval_accuracy'; there are "
                + List.of(
                    "eval_loss",
                    "eval_rewards/chosen",
                    "eval_rewards/rejected",
                    "eval_rewards/accuracies",
                    "eval_rewards/margins",
                    "eval_logps/chosen",
                    "eval_logps/rejected",
                    "eval_gradient_weight",
                    "eval_logratios/chosen",
                    "eval_logratios/rejected",
                    "eval_logratios/gap",
                    "eval_reference_accuracies",
                    "eval_kl/chosen",
                    "eval_kl/rejected"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesPatienceBelowOne(int patience) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.patience(patience))
        .withMessage("patience must be ≥ 1, got " + patience);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAThresholdThatIsNoAmount(double threshold) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyStopping.patience(1).minImprovement(threshold))
        .withMessage("minImprovement must be a finite number ≥ 0, got " + threshold);
  }
}
