package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DpoTrainerTest {

  private static final PreferenceDataset REVIEWS =
      PreferenceDataset.of(
          PreferencePair.of(
              "The film was", " a delight from start to end", " two hours I want back"),
          PreferencePair.of("The food was", " worth the wait", " cold and late"));

  private static TabularPolicy reviewer() {
    return TabularPolicy.of(
        WordTokenizer.of(
            List.of(
                "The film was a delight from start to end",
                "The film was two hours I want back",
                "The food was worth the wait",
                "The food was cold and late")));
  }

  private static List<PairObjective> losses() {
    return List.of(Losses.dpo(), Losses.dpop(5.0), Losses.dpo().plus(0.5, Losses.sft()));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void teachesPreferencesInAFewLines(PairObjective loss) {
    List<Double> margins = new ArrayList<>();
    TrainingReport report =
        DpoTrainer.builder()
            .policy(reviewer())
            .reference(Reference.frozenCopy())
            .loss(loss)
            .beta(0.1)
            .optimizer(AdamW.learningRate(5e-2).weightDecay(0.0))
            .schedule(Schedule.linear().warmup(0.1))
            .batchSize(8)
            .accumulateOver(4)
            .epochs(20)
            .seed(42)
            .listener(step -> margins.add(step.metrics().get("rewards/margins")))
            .build()
            .train(REVIEWS);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.steps()).hasSize(20);
    assertThat(report.history("loss")).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(margins).isSorted().first().isEqualTo(0.0);
    assertThat(margins.get(19)).isPositive();
    assertThat(report.finalMetrics().get("rewards/accuracies")).isEqualTo(1.0);
  }

  @Test
  void trainsForOneEpochOfOneStep() {
    TabularPolicy policy = reviewer();
    TokenScorer before = policy.copy();

    TrainingReport report =
        DpoTrainer.builder()
            .policy(policy)
            .optimizer(AdamW.learningRate(5e-2))
            .build()
            .train(REVIEWS);

    assertThat(report.steps()).hasSize(1);
    assertThat(report.finalMetrics().get("loss")).isCloseTo(Math.log(2), within(1e-12));
    for (PreferencePair pair : REVIEWS) {
      var group =
          List.of(
              policy.tokenizer().encode(pair.prompt(), List.of(pair.chosen(), pair.rejected())));
      var now = policy.logProbs(group);
      var then = before.logProbs(group);
      assertThat(now.sum(0) - now.sum(1)).isGreaterThan(then.sum(0) - then.sum(1));
    }
  }

  @Test
  void leavesTheReferenceOutByDefaultWhenTheLossNeedsNone() {
    ObservedPolicy policy = new ObservedPolicy(Toy.uniform());

    Toy.trainer(policy).loss(Losses.simPo(0.5)).build().train(Toy.pairs(3));

    assertThat(policy.copiesMade).isZero();
  }

  @Test
  void holdsThePolicyToAFrozenCopyByDefaultWhenTheLossNeedsAReference() {
    ObservedPolicy policy = new ObservedPolicy(Toy.uniform());

    Toy.trainer(policy).build().train(Toy.pairs(3));

    assertThat(policy.copiesMade).isOne();
  }

  @Test
  void usesTheDocumentedDefaults() {
    TabularPolicy policy = Toy.random();
    PreferenceDataset pairs = Toy.pairs(20);
    TrainingReport expected =
        DpoTrainer.builder()
            .policy(policy.copy())
            .reference(Reference.frozenCopy())
            .loss(Losses.dpo())
            .beta(0.1)
            .optimizer(new AdamW(0.05, 0.9, 0.999, 1e-8, 0.0))
            .schedule(Schedule.linear())
            .batchSize(8)
            .accumulateOver(1)
            .epochs(1)
            .maxSteps(Integer.MAX_VALUE)
            .shuffle(true)
            .seed(42)
            .maxGradNorm(1.0)
            .build()
            .train(pairs);

    TrainingReport report = DpoTrainer.builder().policy(policy).build().train(pairs);

    assertThat(report.steps()).isEqualTo(expected.steps()).hasSize(3);
  }

  @Test
  void takesNoMoreStepsThanAllowed() {
    TrainingReport report =
        Toy.trainer(Toy.uniform())
            .schedule(Schedule.linear())
            .batchSize(2)
            .epochs(3)
            .maxSteps(4)
            .build()
            .train(Toy.pairs(6));

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.steps()).extracting(TrainingStep::step).containsExactly(1, 2, 3, 4);
    assertThat(report.steps()).extracting(TrainingStep::totalSteps).containsOnly(4);
    assertThat(report.history("learning_rate"))
        .containsExactly(new double[] {0.5, 0.375, 0.25, 0.125}, within(1e-15));
  }

  @Test
  void tellsListenersInTheOrderTheyWereAdded() {
    List<String> told = new ArrayList<>();

    Toy.trainer(Toy.uniform())
        .batchSize(2)
        .listener(step -> told.add("first " + step.step()))
        .listener(step -> told.add("second " + step.step()))
        .build()
        .train(Toy.pairs(4));

    assertThat(told).containsExactly("first 1", "second 1", "first 2", "second 2");
  }
}
