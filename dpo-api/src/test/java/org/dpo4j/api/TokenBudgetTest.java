package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenBudgetTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(19);

  /** The longest of the pairs has 3 tokens of prompt and 5 of each completion. */
  private static final int LONGEST = 13;

  private static List<PairObjective> losses() {
    return List.of(
        Losses.dpo(), Losses.dpo().plus(0.5, Losses.sft()), Losses.wpo(), Losses.simPo(0.5));
  }

  private static DpoTrainer.Builder trainer(TabularPolicy policy, PairObjective loss) {
    return Toy.trainer(policy)
        .loss(loss)
        .optimizer(Sgd.learningRate(0.5).momentum(0.9))
        .maxGradNorm(0.3)
        .batchSize(8)
        .epochs(2);
  }

  /** The groups of each forward pass. */
  private static List<List<PromptGroup>> passes(ObservedPolicy policy) {
    List<List<PromptGroup>> passes = new ArrayList<>();
    int from = 0;
    for (int size : policy.passSizes) {
      passes.add(policy.trainedOn.subList(from, from + size));
      from += size;
    }
    return passes;
  }

  private static int tokens(List<PromptGroup> groups) {
    return groups.stream().mapToInt(PromptGroup::tokens).sum();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void theGradientIsThatOfTheWholeWindow(PairObjective loss) {
    PreferenceDataset pairs =
        PAIRS.map(pair -> pair.withWeight(0.5 * (Integer.parseInt(pair.id()) % 5)));
    TabularPolicy whole = Toy.random();
    TrainingReport expected = trainer(whole, loss).build().train(pairs);

    for (int maxTokens : new int[] {LONGEST, 20, 40}) {
      TabularPolicy split = Toy.random();
      TrainingReport report = trainer(split, loss).maxTokens(maxTokens).build().train(pairs);

      Toy.assertClose(report, expected, 1e-12);
      Toy.assertClose(Toy.logProbs(split, pairs), Toy.logProbs(whole, pairs), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"13, 8", "20, 8", "30, 2", "1000, 3", "1000, 19"})
  void aPassKeepsToBothLimitsAndLeavesNoPairOut(int maxTokens, int batchSize) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    Toy.trainer(policy)
        .maxTokens(maxTokens)
        .batchSize(batchSize)
        .accumulateOver(3)
        .build()
        .train(PAIRS);

    assertThat(policy.passSizes).allMatch(size -> size <= batchSize);
    assertThat(passes(policy)).allMatch(pass -> tokens(pass) <= maxTokens);
    assertThat(policy.trainedOn).containsExactlyInAnyOrderElementsOf(Toy.tokens(PAIRS));
  }

  @Test
  void anyPassAndTheFirstPairOfTheNextAreTooManyTogether() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    Toy.trainer(policy).maxTokens(25).batchSize(19).build().train(PAIRS);

    List<List<PromptGroup>> passes = passes(policy);
    assertThat(passes).hasSizeGreaterThan(3).anyMatch(pass -> pass.size() > 2);
    for (int i = 0; i + 1 < passes.size(); i++) {
      assertThat(tokens(passes.get(i)) + passes.get(i + 1).get(0).tokens()).isGreaterThan(25);
    }
  }

  @Test
  void aWindowIsSortedLongestFirstAndTiesKeepTheirOrder() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    Toy.trainer(policy)
        .shuffle(false)
        .maxTokens(30)
        .batchSize(4)
        .accumulateOver(2)
        .build()
        .train(PAIRS);

    List<PromptGroup> expected = new ArrayList<>();
    for (int from = 0; from < PAIRS.size(); from += 8) {
      List<PromptGroup> window =
          new ArrayList<>(Toy.tokens(PAIRS.range(from, Math.min(from + 8, PAIRS.size()))));
      window.sort(Comparator.comparing(group -> -group.tokens()));
      expected.addAll(window);
    }
    assertThat(policy.trainedOn).isEqualTo(expected).isNotEqualTo(Toy.tokens(PAIRS));
  }

  @Test
  void theSameSeedGivesTheSamePasses() {
    ObservedPolicy one = new ObservedPolicy(Toy.random());
    ObservedPolicy other = new ObservedPolicy(Toy.random());

    for (ObservedPolicy policy : List.of(one, other)) {
      Toy.trainer(policy).maxTokens(30).epochs(3).build().train(PAIRS);
    }

    assertThat(one.passSizes).isEqualTo(other.passSizes);
    assertThat(one.trainedOn).isEqualTo(other.trainedOn);
  }

  @Test
  void aPairAboveTheBudgetIsRefusedBeforeAnythingIsTrained() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    PreferenceDataset pairs =
        PAIRS
            .concat(PreferenceDataset.of(pair("long", " a b c d e f", " b")))
            .concat(PreferenceDataset.of(pair("longest", " a b c d e f g", " b c d e")));
    DpoTrainer trainer = Toy.trainer(policy).maxTokens(LONGEST - 3).build();

    long tooLong = Toy.tokens(pairs).stream().filter(group -> group.tokens() > LONGEST - 3).count();
    assertThat(tooLong).isBetween(3L, 20L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(pairs))
        .withMessage(
            "pair 'longest' has 14 tokens, its prompt counted once, more than the 10 that may be computed at a time,"
                + " and a pair can't be split; so have %s of 21 pairs; raise maxTokens to at least that, or"
                + " shorten or leave out what is too long",
            tooLong);
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void aHeldOutPairAboveTheBudgetIsRefusedToo() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer =
        Toy.trainer(policy)
            .maxTokens(LONGEST)
            .evaluation(PreferenceDataset.of(pair("held-out", " a b c d e f g h i", " b c d")))
            .build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer.train(PAIRS))
        .withMessageStartingWith("pair 'held-out' has 15 tokens");
    assertThat(policy.passSizes).isEmpty();
  }

  @Test
  void aPairThatARunOfFewStepsNeverGetsToIsNotRefused() {
    PreferenceDataset pairs =
        PAIRS.concat(PreferenceDataset.of(pair("long", " a b c d e f g h i", " b c d")));

    for (int seed = 0; seed < 5; seed++) {
      ObservedPolicy policy = new ObservedPolicy(Toy.random());
      DpoTrainer trainer =
          Toy.trainer(policy).seed(seed).maxTokens(LONGEST).batchSize(10).maxSteps(1).build();
      List<PromptGroup> first = firstStep(seed, pairs);

      if (first.contains(Toy.tokens(pairs).get(19))) {
        assertThatIllegalArgumentException().isThrownBy(() -> trainer.train(pairs));
      } else {
        trainer.train(pairs);
        assertThat(policy.trainedOn).containsExactlyInAnyOrderElementsOf(first);
      }
    }
  }

  private static List<PromptGroup> firstStep(int seed, PreferenceDataset pairs) {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    Toy.trainer(policy).seed(seed).batchSize(10).maxSteps(1).build().train(pairs);
    return policy.trainedOn;
  }

  @Test
  void heldOutPairsAreCutAlike() {
    ObservedPolicy whole = new ObservedPolicy(Toy.random());
    ObservedPolicy split = new ObservedPolicy(Toy.random());
    DpoTrainer.Builder trainer = Toy.trainer(whole).batchSize(19).evaluation(PAIRS);

    TrainingReport expected = trainer.build().train(PAIRS);
    TrainingReport report = trainer.policy(split).maxTokens(LONGEST).build().train(PAIRS);

    Toy.assertClose(report.finalEvaluation(), expected.finalEvaluation(), 1e-12);
    assertThat(whole.scored).isEqualTo(1);
    assertThat(split.scored).isEqualTo(split.passSizes.size()).isGreaterThan(5);
  }

  @Test
  void aLossThatComparesABatchCannotBeCut() {
    DpoTrainer.Builder trainer = Toy.trainer(Toy.random()).loss(Losses.aot()).maxTokens(4096);

    assertThatIllegalArgumentException()
        .isThrownBy(trainer::build)
        .withMessage(
            "maxTokens(4096) would change loss 'aot', which compares the pairs of a batch with each"
                + " other; leave it out and choose a batchSize that fits");
  }

  @Test
  void theBudgetIsAtLeastOneToken() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DpoTrainer.builder().maxTokens(0))
        .withMessage("maxTokens must be ≥ 1, got 0");
  }

  private static PreferencePair pair(String id, String chosen, String rejected) {
    return PreferencePair.of("ask", chosen, rejected).withId(id);
  }
}
