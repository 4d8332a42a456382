package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(10);
  private static final Path FILE = Path.of("reference.logprobs");

  @Test
  void aModelIsComparedWithAndLeftOpen() {
    TabularPolicy start = Toy.random();
    CountingScorer model = new CountingScorer(Toy.uniform());

    TrainingReport report =
        Toy.trainer(start.copy())
            .reference(Reference.model(model))
            .batchSize(10)
            .epochs(2)
            .build()
            .train(PAIRS);

    assertThat(report.history("loss")[0])
        .isCloseTo(Toy.dpoLoss(start, Toy.uniform(), PAIRS, 0.1), within(1e-12));
    assertThat(model.asked).hasSize(20);
    assertThat(model.closed).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"ask i h g f e d c b a | to it", "ask a b | token id must be in [0, 4)"})
  void aModelOfAnotherVocabulary_isRefusedBeforeTheRun(String words, String difference) {
    TabularPolicy policy = Toy.random();
    TabularPolicy other = TabularPolicy.of(WordTokenizer.of(List.of(words)));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Toy.trainer(policy)
                    .reference(Reference.cached(Reference.model(other)))
                    .build()
                    .train(PAIRS))
        .withMessageStartingWith(
            "the reference must read the same token ids as the policy, but of example '0' ")
        .withMessageContaining(difference);
    assertThat(policy.fingerprint()).isEqualTo(Toy.random().fingerprint());
  }

  @Test
  void aModelWithATokenizerOfItsOwn_mayReadTheSameIds() {
    TabularPolicy same = TabularPolicy.of(WordTokenizer.of(Toy.WORDS.vocabulary().subList(1, 11)));

    TrainingReport report =
        Toy.trainer(Toy.random()).reference(Reference.model(same)).build().train(PAIRS);

    assertThat(report.history("loss")).isNotEmpty();
  }

  @Test
  void aFrozenCopyStaysWhereTheRunStartedAndIsClosed() {
    TabularPolicy start = Toy.random();
    TabularPolicy table = start.copy();
    ObservedPolicy policy = new ObservedPolicy(table);

    TrainingReport report =
        Toy.trainer(policy)
            .reference(Reference.frozenCopy())
            .batchSize(10)
            .epochs(3)
            .evaluation(PAIRS)
            .build()
            .train(PAIRS);

    assertThat(report.finalEvaluation().get("eval_loss"))
        .isCloseTo(Toy.dpoLoss(table, start, PAIRS, 0.1), within(1e-12))
        .isLessThan(Math.log(2));
    assertThat(policy.copiesMade).isOne();
    assertThat(policy.copiesClosed).isOne();
    assertThat(policy.optimizersClosed).isOne();
    assertThat(policy.closed).isZero();
  }

  @Test
  void aSecondRunGoesOnFromThePresentPolicyWithACopyOfIt() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    DpoTrainer trainer = Toy.trainer(policy).batchSize(10).epochs(3).build();

    TrainingReport first = trainer.train(PAIRS);
    double[] logps = {Toy.logProbs(policy, PAIRS).sum(0)};
    TrainingReport second = trainer.train(PAIRS.range(0, 1));

    assertThat(first.history("loss")[2]).isLessThan(Math.log(2));
    assertThat(second.history("loss")[0]).isCloseTo(Math.log(2), within(1e-12));
    assertThat(second.history("logps/chosen")[0]).isCloseTo(logps[0], within(1e-12));
    assertThat(policy.copiesMade).isEqualTo(2);
    assertThat(policy.copiesClosed).isEqualTo(2);
  }

  @Test
  void cachedGivesTheSameRun() {
    TabularPolicy policy = Toy.random();
    ObservedPolicy cached = new ObservedPolicy(Toy.random());

    TrainingReport expected =
        Toy.trainer(policy)
            .reference(Reference.frozenCopy())
            .batchSize(3)
            .epochs(3)
            .evaluation(PAIRS)
            .evaluateEvery(2)
            .build()
            .train(PAIRS);
    TrainingReport report =
        Toy.trainer(cached)
            .reference(Reference.cached(Reference.frozenCopy()))
            .batchSize(3)
            .epochs(3)
            .evaluation(PAIRS)
            .evaluateEvery(2)
            .build()
            .train(PAIRS);

    assertThat(report.steps()).isEqualTo(expected.steps());
    assertThat(report.evaluations()).isEqualTo(expected.evaluations());
    assertThat(Toy.logProbs(cached, PAIRS)).isEqualTo(Toy.logProbs(policy, PAIRS));
    assertThat(cached.copiesClosed).isOne();
  }

  @Test
  void cachedAsksItsSourceOnceADistinctExample() {
    CountingScorer model = new CountingScorer(Toy.uniform());
    PreferenceDataset repeating = PAIRS.concat(PAIRS.range(0, 4));

    Toy.trainer(Toy.random())
        .reference(Reference.cached(Reference.model(model)))
        .batchSize(7)
        .epochs(3)
        .evaluation(PAIRS)
        .build()
        .train(repeating);

    assertThat(model.asked).hasSize(10).containsExactlyInAnyOrderElementsOf(Toy.tokens(PAIRS));
    assertThat(model.closed).isZero();
  }

  @Test
  void cachedAsksAgainForWhatWasNoNumber() {
    CountingScorer model = new CountingScorer(Toy.random());
    model.notANumberAt = call -> call == 1;

    TrainingReport report =
        Toy.trainer(Toy.random())
            .reference(Reference.cached(Reference.model(model)))
            .onNonFinite(NonFinite.SKIP)
            .shuffle(false)
            .batchSize(5)
            .epochs(3)
            .build()
            .train(PAIRS);

    assertThat(report.skipped())
        .singleElement()
        .satisfies(step -> assertThat(step.exampleIds()).containsExactly("0"));
    assertThat(model.asked).containsExactlyElementsOf(Toy.tokens(PAIRS.concat(PAIRS.range(0, 1))));
  }

  @Test
  void cachedRefusesAnotherNumberOfRowsOrValues() {
    Reference rows =
        Reference.cached(Reference.model((groups, statistics) -> scores(new double[] {-1.0})));
    Reference values =
        Reference.cached(
            Reference.model((groups, statistics) -> scores(new double[9], new double[9])));
    PreferenceDataset pair = PAIRS.range(0, 1);

    assertThatThrownBy(() -> Toy.trainer(Toy.random()).reference(rows).build().train(pair))
        .hasMessage(
            "step 1, pairs [0]: the reference gave 1 rows for 2 completions: they must be equal;"
                + " the parameters are as before this step");
    assertThatThrownBy(() -> Toy.trainer(Toy.random()).reference(values).build().train(pair))
        .hasMessage(
            "step 1, pairs [0]: the reference gave 9 values for a completion of 3 tokens: they must"
                + " be equal; the parameters are as before this step");
  }

  private static TokenScores scores(double[]... rows) {
    return TokenScores.of(TokenValues.of(rows), Map.of());
  }

  @Test
  void cachedWorksOverAdapters() {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.random()).keepAdapter("sft");

    for (Reference source : List.of(Reference.adapterOff(), Reference.adapter("sft"))) {
      TrainingReport expected =
          Toy.trainer(policy.copy()).reference(source).epochs(2).build().train(PAIRS);
      TrainingReport report =
          Toy.trainer(policy.copy())
              .reference(Reference.cached(source))
              .epochs(2)
              .build()
              .train(PAIRS);

      assertThat(report.steps()).isEqualTo(expected.steps());
    }
  }

  @Test
  void movingFollowsThePolicyByAShare() {
    // A fresh table's logits are zero, so α θ + (1 − α) θ_ref after the 2nd step is α θ_2, and
    // after
    // the 4th α θ_4 + (1 − α) α θ_2. Log-probabilities are logits up to a constant a context.
    double alpha = 0.3;
    PreferenceDataset pair = PreferenceDataset.of(PreferencePair.of("ask", " a", " b"));
    TabularPolicy policy = Toy.uniform();
    List<TabularPolicy> after = new ArrayList<>(List.of(policy.copy()));

    TrainingReport report =
        Toy.trainer(policy)
            .reference(Reference.moving(alpha, 2))
            .epochs(5)
            .listener(step -> after.add(policy.copy()))
            .build()
            .train(pair);

    TabularPolicy afterTwo = mix(alpha, after.get(2), Toy.uniform());
    TabularPolicy afterFour = mix(alpha, after.get(4), afterTwo);
    assertThat(report.history("loss"))
        .containsExactly(
            new double[] {
              Toy.dpoLoss(after.get(0), Toy.uniform(), pair, 0.1),
              Toy.dpoLoss(after.get(1), Toy.uniform(), pair, 0.1),
              Toy.dpoLoss(after.get(2), afterTwo, pair, 0.1),
              Toy.dpoLoss(after.get(3), afterTwo, pair, 0.1),
              Toy.dpoLoss(after.get(4), afterFour, pair, 0.1)
            },
            within(1e-12));
    assertThat(report.history("loss")).doesNotHaveDuplicates();
  }

  private static TabularPolicy mix(double alpha, TabularPolicy policy, TabularPolicy other) {
    TabularPolicy mixed = Toy.uniform();
    for (ImmutableIntArray context :
        List.of(ImmutableIntArray.of(1), ImmutableIntArray.of(1, 2), ImmutableIntArray.of(1, 3))) {
      double[] logits = policy.logDistribution(context);
      double[] others = other.logDistribution(context);
      Arrays.setAll(logits, v -> alpha * logits[v] + (1 - alpha) * others[v]);
      mixed.setLogits(context, logits);
    }
    return mixed;
  }

  @Test
  void movingAllTheWayEveryStepStartsEachStepAtTheReference() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report =
        Toy.trainer(policy)
            .reference(Reference.moving(1.0, 1))
            .batchSize(2)
            .epochs(2)
            .build()
            .train(PAIRS);

    assertThat(report.history("logratios/chosen")).hasSize(10).containsOnly(0.0);
    assertThat(report.history("logratios/rejected")).containsOnly(0.0);
    assertThat(report.history("logps/chosen")).doesNotHaveDuplicates();
    assertThat(policy.copiesClosed).isOne();
  }

  private static List<Reference> notFixed() {
    return List.of(
        Reference.moving(0.6, 2),
        Reference.none(),
        Reference.cached(Reference.adapterOff()),
        Reference.cached(Reference.adapterOff(), FILE),
        Reference.cachedOnly(FILE));
  }

  @ParameterizedTest
  @MethodSource("notFixed")
  void cachedRefusesWhatDoesNotStayAsItIs(Reference source) {
    String message =
        "Reference.cached(…) needs a reference that stays as it is, got "
            + source
            + "; use frozenCopy(), adapterOff(), adapter(…) or model(…)";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reference.cached(source))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reference.cached(source, FILE))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.5, 1.5, Double.NaN})
  void movingRefusesSharesOutOfRange(double alpha) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reference.moving(alpha, 1))
        .withMessage("alpha must be in (0, 1], got " + alpha);
  }

  @Test
  void movingRefusesEveryZeroSteps() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reference.moving(0.6, 0))
        .withMessage("everySteps must be ≥ 1, got 0");
  }
}
