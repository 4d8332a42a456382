package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.api.TimeEstimate.Line;
import org.dpo4j.api.TrainingPlan.Work;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class TimeEstimateTest {

  private static final double SECOND = 1e9;

  /** A clock that only moves when something is computed, by a line of the tokens. */
  private static final class Clock {
    private double nanos;
    private int passes;

    void add(double perBatch, double perToken, List<PromptGroup> groups) {
      nanos += SECOND * (perBatch + perToken * TrainingPlan.tokens(ImmutableList.copyOf(groups)));
    }

    long read() {
      return Math.round(nanos);
    }
  }

  private record Timed(Clock clock, TokenScorer table, double perBatch, double perToken)
      implements TokenScorer {

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      clock.add(perBatch, perToken, groups);
      return table.score(groups, statistics);
    }
  }

  /** A forward pass takes 4 s and 1 s a token, the very first 100 s more; scoring 2 s and ½ s. */
  private record TimedPolicy(Clock clock, TabularPolicy table) implements Policy {

    @Override
    public Tokenizer tokenizer() {
      return table.tokenizer();
    }

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      return new Timed(clock, table, 2, 0.5).score(groups, statistics);
    }

    @Override
    public ForwardPass forward(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      clock.add(clock.passes++ == 0 ? 104 : 4, 1, groups);
      return table.forward(groups, statistics);
    }

    @Override
    public Optimizer optimizer(OptimizerSpec spec) {
      return table.optimizer(spec);
    }

    @Override
    public MovableCopy frozenCopy() {
      return table.frozenCopy();
    }

    @Override
    public Optional<TokenScorer> adapterOff() {
      return Optional.empty();
    }

    @Override
    public Optional<TokenScorer> adapter(String name) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  @Test
  void measure_linearTimes_isWhatTheRunTakes() {
    Clock clock = new Clock();
    TimedPolicy policy = new TimedPolicy(clock, Toy.random());
    PreferenceDataset.Split pairs = Toy.pairs(45).split(0.1, 1);
    DpoTrainer trainer =
        Toy.trainer(policy)
            .reference(Reference.cached(Reference.model(new Timed(clock, Toy.random(), 1, 0.25))))
            .batchSize(3)
            .accumulateOver(2)
            .epochs(2)
            .evaluation(pairs.heldOut())
            .evaluateEvery(3)
            .build();
    TrainingPlan plan = trainer.plan(pairs.train());

    TimeEstimate estimate = TimeEstimate.measure(policy, plan, Duration.ofDays(1), clock::read);
    long before = clock.read();
    TrainingReport report = trainer.train(pairs.train());

    assertThat(estimate.steps()).isEqualTo(report.steps().size());
    assertThat(estimate.warmUp()).isCloseTo(100, within(1e-6));
    // The estimate's first pass was the slow one already.
    assertThat(estimate.total() - estimate.warmUp())
        .isCloseTo((clock.read() - before) / SECOND, within(1e-6));
    assertThat(estimate.learning())
        .isCloseTo(4.0 * plan.training().microBatches() + plan.training().tokens(), within(1e-6));
    assertThat(estimate.reference())
        .isCloseTo(
            plan.referenceScoring().microBatches() + 0.25 * plan.referenceScoring().tokens(),
            within(1e-6));
  }

  @Test
  void measure_noTime_timesTheSmallestAndTheLargestOnly() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    TrainingPlan plan = Toy.trainer(policy).batchSize(2).build().plan(Toy.pairs(40));

    TimeEstimate unused = TimeEstimate.measure(policy, plan, Duration.ZERO);

    // One before them, for what is only slow the first time.
    assertThat(policy.passSizes).hasSize(3);
    assertThat(policy.trainedOn.subList(2, 6))
        .containsAll(plan.samples().get(0))
        .containsAll(plan.largest());
    assertThat(policy.copiesMade).isEqualTo(policy.copiesClosed).isEqualTo(1);
    assertThat(policy.optimizersClosed).isEqualTo(1);
  }

  @Test
  void measure_anyOptimizer_leavesThePolicyAsItIs() {
    for (OptimizerSpec optimizer :
        List.of(
            AdamW.learningRate(0.1).weightDecay(0.1),
            Sgd.learningRate(0.1).momentum(0.9),
            RmsProp.learningRate(0.1))) {
      ObservedPolicy policy = new ObservedPolicy(Toy.random());
      TrainingPlan plan = Toy.trainer(policy).optimizer(optimizer).build().plan(Toy.pairs(20));
      Optional<String> before = policy.fingerprint();

      TimeEstimate unused = TimeEstimate.measure(policy, plan, Duration.ofSeconds(10));

      assertThat(before).isPresent().isEqualTo(policy.fingerprint());
      assertThat(policy.gradientLeft).isZero();
    }
  }

  @Test
  void line_noisyPoints_isLeastSquares() {
    Line line = Line.through(List.of(1L, 2L, 3L), List.of(3.0, 6.0, 6.0));

    assertThat(line.perBatch()).isCloseTo(2, within(1e-12));
    assertThat(line.perToken()).isCloseTo(1.5, within(1e-12));
    assertThat(line.seconds(new Work(2, 10))).isCloseTo(19, within(1e-12));
  }

  @Test
  void line_oneSize_isThroughZero() {
    assertThat(Line.through(List.of(4L, 4L), List.of(1.0, 3.0))).isEqualTo(new Line(0, 0.5));
  }

  @Test
  void line_startingBelowZero_isThroughZeroInstead() {
    assertThat(Line.through(List.of(1L, 3L), List.of(0.0, 4.0))).isEqualTo(new Line(0, 1));
  }
}
