package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.batch.Metrics;
import org.junit.jupiter.api.Test;

class TrainingReportTest {

  private static final TrainingData DATA =
      new TrainingData("pair", 9, 0, ImmutableList.of(), ImmutableList.of());

  private static final TrainingReport EMPTY =
      new TrainingReport(
          "dpo",
          OptionalDouble.of(0.1),
          StopReason.CANCELLED,
          DATA,
          Optional.empty(),
          ImmutableList.of(),
          ImmutableList.of(),
          ImmutableList.of(),
          Optional.empty(),
          ImmutableList.of(),
          Duration.ofMillis(1250));

  private static final TrainingReport REPORT =
      new TrainingReport(
          "dpop",
          OptionalDouble.of(0.3),
          StopReason.STOPPED_EARLY,
          DATA,
          Optional.empty(),
          ImmutableList.of(step(1, "loss", 0.75), step(2, "loss", 0.5)),
          ImmutableList.of(),
          ImmutableList.of(step(1, "eval_loss", 1.0), step(2, "eval_loss", 2.0)),
          Optional.of(new StepZero(0.75, 0.75, OptionalDouble.empty(), 0.0)),
          ImmutableList.of(
              new Alarm(
                  Alarm.Kind.CHOSEN_FALLING, 2, "it falls", "Do something", ImmutableMap.of())),
          Duration.ofMillis(1250));

  private static TrainingStep step(int step, String metric, double value) {
    return new TrainingStep(step, 9, Metrics.NONE.with(metric, value));
  }

  @Test
  void givesTheHistoryOfAMetric() {
    assertThat(REPORT.history("loss")).containsExactly(0.75, 0.5);
    assertThat(REPORT.history("eval_loss")).containsExactly(1.0, 2.0);
    assertThat(EMPTY.history("loss")).isEmpty();
  }

  @Test
  void refusesAMetricThatWasNotMeasured() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> REPORT.history("los"))
        .withMessage("no metric is named 'los'; there are [loss]");
  }

  @Test
  void givesTheLastMetrics() {
    assertThat(REPORT.finalMetrics()).isEqualTo(Metrics.NONE.with("loss", 0.5));
    assertThat(REPORT.finalEvaluation()).isEqualTo(Metrics.NONE.with("eval_loss", 2.0));
  }

  @Test
  void hasNoFinalMetricsWithoutAStep() {
    assertThatIllegalArgumentException()
        .isThrownBy(EMPTY::finalMetrics)
        .withMessage("the run ended before its first step: there are no metrics");
    assertThatIllegalArgumentException()
        .isThrownBy(EMPTY::finalEvaluation)
        .withMessage("there was no evaluation; give one with evaluation(…)");
  }

  @Test
  void tellsTheKeyFactsInAFewLines() {
    assertThat(REPORT.toString().lines())
        .containsExactly(
            "dpop, β = 0.3: 2 steps in 1.25 s, stopped_early",
            "step-0 loss 0.7500 is what policy = reference gives",
            "first  loss=0.75000",
            "last   loss=0.50000",
            "eval   eval_loss=2.0000",
            "alarm  chosen_falling at step 2: it falls. Do something");
    assertThat(EMPTY.toString().lines())
        .containsExactly("dpo, β = 0.1: 0 steps in 1.25 s, cancelled");
  }

  @Test
  void ofARunHoldsWhatHappened() {
    TrainingReport report =
        Toy.trainer(Toy.random())
            .loss(Losses.hinge())
            .beta(0.2)
            .batchSize(2)
            .evaluation(Toy.pairs(2))
            .build()
            .train(Toy.pairs(6));

    assertThat(report.loss()).isEqualTo("hinge");
    assertThat(report.beta()).hasValue(0.2);
    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.elapsed()).isPositive();
    assertThat(report.history("loss")).hasSize(3);
    assertThat(report.finalMetrics()).isEqualTo(report.steps().get(2).metrics());
    assertThat(report.toString())
        .contains("hinge", "β = 0.2", "3 steps", "completed", "first  loss=1.0000", "eval_loss=");
  }

  @Test
  void saysHowManyStepsWereSkipped() {
    SkippedStep skipped = new SkippedStep(3, 9, "loss", Double.NaN, ImmutableList.of("7"));

    assertThat(
            new TrainingReport(
                "dpop",
                OptionalDouble.of(0.3),
                StopReason.STOPPED_EARLY,
                DATA,
                Optional.empty(),
                REPORT.steps(),
                ImmutableList.of(skipped, skipped),
                ImmutableList.of(),
                Optional.empty(),
                ImmutableList.of(),
                Duration.ofMillis(1250)))
        .asString()
        .startsWith("dpop, β = 0.3: 2 steps and 2 skipped in 1.25 s, stopped_early");
  }
}
