package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  private static double[] factors(Schedule schedule, int totalSteps) {
    return IntStream.range(0, totalSteps)
        .mapToDouble(step -> schedule.factor(step, totalSteps))
        .toArray();
  }

  @Test
  void constantKeepsThePeak() {
    assertThat(factors(Schedule.constant(), 4)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void warmupOfSevenPercentOfAHundredStepsIsSevenSteps() {
    assertThat(factors(Schedule.constant().warmup(0.07), 100)[7]).isEqualTo(1.0);
    assertThat(factors(Schedule.constant().warmup(0.07), 100)[6]).isEqualTo(7.0 / 8.0);
  }

  @Test
  void linearFallsToZeroOneStepAfterTheLast() {
    assertThat(factors(Schedule.linear(), 4)).containsExactly(1, 0.75, 0.5, 0.25);
  }

  @Test
  void cosineFallsToZeroOneStepAfterTheLast() {
    double r = Math.sqrt(0.5);
    assertThat(factors(Schedule.cosine(), 4))
        .containsExactly(new double[] {1, (1 + r) / 2, 0.5, (1 - r) / 2}, within(1e-15));
  }

  @Test
  void warmupRisesToThePeakBeforeTheShapeBegins() {
    // ⌈0.2 · 11⌉ = 3 steps of warm-up, then 8 of the shape.
    double[] rise = {0.25, 0.5, 0.75};
    for (Schedule schedule : List.of(Schedule.constant(), Schedule.linear(), Schedule.cosine())) {
      double[] factors = factors(schedule.warmup(0.2), 11);
      for (int step = 0; step < 11; step++) {
        double progress = (step - 3) / 8.0;
        double shape =
            switch (schedule.shape()) {
              case CONSTANT -> 1.0;
              case LINEAR -> 1.0 - progress;
              case COSINE -> (1.0 + Math.cos(Math.PI * progress)) / 2;
            };
        assertThat(factors[step]).isCloseTo(step < 3 ? rise[step] : shape, within(1e-15));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void isNeverZeroAndNeverAboveThePeak(Schedule.Shape shape) {
    for (double warmup : new double[] {0.0, 0.1, 0.5, 0.999}) {
      for (int totalSteps : new int[] {1, 2, 3, 7, 100, 1000}) {
        double[] factors = factors(new Schedule(shape, warmup), totalSteps);
        for (double factor : factors) {
          assertThat(factor).isGreaterThan(0.0).isLessThanOrEqualTo(1.0);
        }
        assertThat(factors).contains(1.0);
      }
    }
  }

  @Test
  void aRunOfOneStepUsesThePeak() {
    assertThat(Schedule.cosine().warmup(0.9).factor(0, 1)).isEqualTo(1.0);
  }

  @Test
  void setsTheLearningRateOfEachStep() {
    Schedule schedule = Schedule.cosine().warmup(0.25);

    TrainingReport report =
        Toy.trainer(Toy.uniform()).schedule(schedule).batchSize(1).build().train(Toy.pairs(8));

    double[] factors = factors(schedule, 8);
    for (int step = 0; step < 8; step++) {
      assertThat(report.history("learning_rate")[step])
          .isCloseTo(0.5 * factors[step], within(1e-15));
    }
  }

  @Test
  void theLearningRateReportedIsTheOneUsed() {
    PreferenceDataset pair = PreferenceDataset.of(PreferencePair.of("ask", " a", " b"));
    TabularPolicy warmingUp = Toy.uniform();
    TabularPolicy slow = Toy.uniform();
    List<TokenValues> afterStep = new ArrayList<>();

    Toy.trainer(warmingUp)
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant().warmup(0.5))
        .epochs(2)
        .listener(step -> afterStep.add(Toy.logProbs(warmingUp, pair)))
        .build()
        .train(pair);
    Toy.trainer(slow).optimizer(Sgd.learningRate(0.25)).build().train(pair);

    assertThat(afterStep).hasSize(2);
    assertThat(afterStep.get(0)).isEqualTo(Toy.logProbs(slow, pair));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.0, 1.5, Double.NaN})
  void refusesWarmupOutOfRange(double warmup) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.linear().warmup(warmup))
        .withMessage("warmup must be in [0, 1), got " + warmup);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10})
  void refusesStepsOutOfRange(int step) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.linear().factor(step, 10))
        .withMessage("step must be in [0, 10), got " + step);
  }
}
