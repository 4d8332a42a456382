package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.api.TrainingPlan.Work;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.junit.jupiter.api.Test;

/** A plan says what the run then does. */
class TrainingPlanTest {

  /** Counts what it is asked for. */
  private static final class Counting implements TokenScorer {

    private final TokenScorer source = Toy.random();
    private Work asked = Work.NONE;

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      asked = asked.plus(new Work(1, TrainingPlan.tokens(ImmutableList.copyOf(groups))));
      return source.score(groups, statistics);
    }
  }

  private static Work passes(ObservedPolicy policy) {
    return new Work(
        policy.passSizes.size(), TrainingPlan.tokens(ImmutableList.copyOf(policy.trainedOn)));
  }

  private static double tokens(TrainingReport report) {
    return report.steps().get(report.steps().size() - 1).metrics().get("num_tokens");
  }

  @Test
  void plan_pairs_isWhatTheRunDoes() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    Counting reference = new Counting();
    DpoTrainer trainer =
        Toy.trainer(policy)
            .reference(Reference.model(reference))
            .batchSize(3)
            .maxTokens(20)
            .accumulateOver(2)
            .epochs(3)
            .maxSteps(10)
            .evaluation(Toy.pairs(5))
            .evaluateEvery(4)
            .build();
    TrainingPlan plan = trainer.plan(Toy.pairs(20));
    assertThat(policy.passSizes).isEmpty();
    assertThat(reference.asked).isEqualTo(Work.NONE);

    TrainingReport report = trainer.train(Toy.pairs(20));

    assertThat(plan.steps()).isEqualTo(report.steps().size()).isEqualTo(10);
    assertThat(plan.stepsPerEpoch()).isEqualTo(4);
    assertThat((double) plan.training().tokens()).isEqualTo(tokens(report));
    assertThat((double) plan.firstEpoch().tokens())
        .isEqualTo(report.steps().get(3).metrics().get("num_tokens"));
    assertThat(plan.training()).isEqualTo(passes(policy));
    assertThat(plan.evaluations()).isEqualTo(report.evaluations().size()).isEqualTo(3);
    assertThat(plan.policyScoring()).isEqualTo(plan.heldOut().times(3));
    assertThat(plan.referenceScoring()).isEqualTo(reference.asked);
  }

  @Test
  void plan_cachedReference_asksOncePerExample() {
    Counting reference = new Counting();
    DpoTrainer trainer =
        Toy.trainer(Toy.random())
            .reference(Reference.cached(Reference.model(reference)))
            .batchSize(3)
            .epochs(3)
            .evaluation(Toy.pairs(30).split(0.2, 1).heldOut())
            .evaluateEvery(2)
            .build();
    PreferenceDataset pairs = Toy.pairs(30).split(0.2, 1).train();
    TrainingPlan plan = trainer.plan(pairs);

    TrainingReport unused = trainer.train(pairs);

    assertThat(plan.referenceScoring()).isEqualTo(reference.asked);
    assertThat(plan.referenceScoring()).isEqualTo(plan.firstEpoch().plus(plan.heldOut()));
  }

  @Test
  void plan_unpaired_countsTheMismatchedOnesOfKto() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    Counting reference = new Counting();
    KtoTrainer trainer =
        KtoTrainer.builder()
            .policy(policy)
            .reference(Reference.model(reference))
            .batchSize(4)
            .epochs(2)
            .build();
    TrainingPlan plan = trainer.plan(Toy.unpaired(10));

    TrainingReport report = trainer.train(Toy.unpaired(10));

    assertThat(plan.training()).isEqualTo(passes(policy));
    assertThat((double) plan.training().tokens()).isEqualTo(tokens(report));
    assertThat(plan.policyScoring().microBatches()).isEqualTo(plan.training().microBatches());
    assertThat(plan.referenceScoring())
        .isEqualTo(reference.asked)
        .isEqualTo(plan.training().plus(plan.policyScoring()));
  }

  @Test
  void plan_rankings_isWhatTheRunDoes() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    RankingTrainer trainer = RankingTrainer.builder().policy(policy).batchSize(4).build();
    TrainingPlan plan = trainer.plan(Toy.rankings(10));

    TrainingReport report = trainer.train(Toy.rankings(10));

    assertThat(plan.steps()).isEqualTo(report.steps().size());
    assertThat(plan.training()).isEqualTo(passes(policy));
  }

  @Test
  void plan_sft_isWhatTheRunDoes_withoutReference() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    SftTrainer trainer = SftTrainer.builder().policy(policy).batchSize(4).build();
    TrainingPlan plan = trainer.plan(Toy.pairs(10));

    TrainingReport report = trainer.train(Toy.pairs(10));

    assertThat(plan.steps()).isEqualTo(report.steps().size());
    assertThat(plan.training()).isEqualTo(passes(policy));
    assertThat(plan.referenceScoring()).isEqualTo(Work.NONE);
    assertThat(plan.policyScoring()).isEqualTo(Work.NONE);
    assertThat(plan.largestHeldOut()).isEmpty();
  }

  @Test
  void plan_largest_isThatOfTheRun_andTheLastOfTheSamples() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer =
        Toy.trainer(policy).batchSize(2).epochs(2).evaluation(Toy.pairs(3)).build();
    TrainingPlan plan = trainer.plan(Toy.pairs(25));

    TrainingReport unused = trainer.train(Toy.pairs(25));

    List<Integer> tokens = new ArrayList<>();
    int from = 0;
    for (int size : policy.passSizes) {
      tokens.add(
          TrainingPlan.tokens(ImmutableList.copyOf(policy.trainedOn.subList(from, from + size))));
      from += size;
    }
    assertThat(TrainingPlan.tokens(plan.largest()))
        .isEqualTo(tokens.stream().mapToInt(Integer::intValue).max().orElseThrow());
    assertThat(plan.samples().get(plan.samples().size() - 1)).isEqualTo(plan.largest());
    assertThat(plan.samples().stream().map(TrainingPlan::tokens))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(plan.samples()).hasSizeBetween(2, 6);
    assertThat(plan.largestHeldOut()).hasSize(2);
  }

  @Test
  void plan_noPairs_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Toy.trainer(Toy.random()).build().plan(PreferenceDataset.of(List.of())))
        .withMessage("pairs must have at least one element, got none");
  }
}
