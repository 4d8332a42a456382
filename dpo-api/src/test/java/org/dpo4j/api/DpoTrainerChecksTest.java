package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DpoTrainerChecksTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(3);

  private static DpoTrainer.Builder trainer() {
    return DpoTrainer.builder().policy(Toy.uniform());
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void buildNeedsAPolicy() {
    assertRefused(() -> DpoTrainer.builder().build(), "policy is required; set it with policy(…)");
  }

  @Test
  void buildRefusesNoReferenceForALossThatNeedsOne() {
    assertRefused(
        () -> trainer().reference(Reference.none()).build(),
        "Reference.none() cannot be combined with loss 'dpo': it needs a reference; use"
            + " Reference.frozenCopy(), or a reference-free loss such as Losses.simPo(…)");
  }

  @Test
  void buildRefusesToSwitchOffAnAdapterThatIsNotThere() {
    String message =
        "Reference.adapterOff() needs a policy with an adapter, and this one trains its own"
            + " weights; use Reference.frozenCopy()";
    assertRefused(() -> trainer().reference(Reference.adapterOff()).build(), message);
    assertRefused(
        () -> trainer().reference(Reference.cached(Reference.adapterOff())).build(), message);
  }

  @Test
  void buildRefusesAnAdapterThePolicyDoesNotKnow() {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.uniform()).keepAdapter("sft");
    DpoTrainer.Builder trainer = DpoTrainer.builder().policy(policy);
    String message =
        "Reference.adapter(\"stf\"): the policy knows no adapter of that name; load or keep it"
            + " first";

    assertRefused(() -> trainer.reference(Reference.adapter("stf")).build(), message);
    assertRefused(
        () -> trainer.reference(Reference.cached(Reference.adapter("stf"))).build(), message);
    assertThatCode(() -> trainer.reference(Reference.adapter("sft")).build())
        .doesNotThrowAnyException();
  }

  @Test
  void buildRefusesThePolicyAsItsOwnReference() {
    TabularPolicy policy = Toy.random();
    assertRefused(
        () ->
            DpoTrainer.builder()
                .policy(policy)
                .reference(Reference.cached(Reference.model(policy)))
                .build(),
        "Reference.model(…) is the policy itself, so that all log-ratios would stay 0; use"
            + " Reference.frozenCopy()");
  }

  @Test
  void buildRefusesToAccumulateALossThatComparesABatch() {
    assertRefused(
        () -> trainer().loss(Losses.aot()).accumulateOver(2).build(),
        "accumulateOver(2) would change loss 'aot', which compares the pairs of a batch with each"
            + " other; use accumulateOver(1) and a larger batchSize");
    assertRefused(
        () -> trainer().loss(Losses.sft().plus(1, Losses.aot())).accumulateOver(2).build(),
        "accumulateOver(2) would change loss 'sft + aot', which compares the pairs of a batch with"
            + " each other; use accumulateOver(1) and a larger batchSize");
  }

  @Test
  void buildNeedsPairsToEvaluateOn() {
    String message =
        "evaluateEvery(…) and earlyStopping(…) need pairs to evaluate on; give them with"
            + " evaluation(…)";
    assertRefused(() -> trainer().evaluateEvery(10).build(), message);
    assertRefused(() -> trainer().earlyStopping(EarlyStopping.patience(2)).build(), message);
  }

  @Test
  void buildNeedsToKnowWhenToAskForAnEarlyStop() {
    assertRefused(
        () -> trainer().evaluation(PAIRS).earlyStopping(EarlyStopping.patience(2)).build(),
        "earlyStopping(…) is asked after each evaluation; set how often there is one with"
            + " evaluateEvery(…)");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {0.0, -0.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void betaMustBePositive(double beta) {
    assertRefused(() -> trainer().beta(beta), "beta must be a finite number > 0, got " + beta);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.NEGATIVE_INFINITY})
  void maxGradNormMustBePositive(double norm) {
    assertRefused(() -> trainer().maxGradNorm(norm), "maxGradNorm must be > 0, got " + norm);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void countsMustBeAtLeastOne(int count) {
    assertRefused(() -> trainer().batchSize(count), "batchSize must be ≥ 1, got " + count);
    assertRefused(
        () -> trainer().accumulateOver(count), "accumulateOver must be ≥ 1, got " + count);
    assertRefused(() -> trainer().epochs(count), "epochs must be ≥ 1, got " + count);
    assertRefused(() -> trainer().maxSteps(count), "maxSteps must be ≥ 1, got " + count);
    assertRefused(() -> trainer().evaluateEvery(count), "evaluateEvery must be ≥ 1, got " + count);
  }

  @Test
  void evaluationNeedsAPair() {
    assertRefused(
        () -> trainer().evaluation(PreferenceDataset.of()),
        "evaluation must have at least one pair, got none");
  }

  @Test
  void trainNeedsAPair() {
    DpoTrainer trainer = trainer().build();

    assertRefused(
        () -> trainer.train(PreferenceDataset.of(List.of())),
        "pairs must have at least one element, got none");
  }

  @Test
  void trainRefusesMarginsThatTheLossWouldIgnore() {
    TabularPolicy policy = Toy.uniform();
    DpoTrainer trainer = Toy.trainer(policy).loss(Losses.ipo()).build();
    PreferenceDataset rated =
        PAIRS.map(pair -> pair.id().equals("2") ? pair.withMargin(0.0) : pair);

    assertRefused(
        () -> trainer.train(rated),
        "pair '2' has a margin, and loss 'ipo' does not use margins; use Losses.dpo(), or drop them"
            + " with pairs.map(PreferencePair::withoutMargin)");
    assertThat(Toy.logProbs(policy, PAIRS)).isEqualTo(Toy.logProbs(Toy.uniform(), PAIRS));
    assertThat(trainer.train(rated.map(PreferencePair::withoutMargin)).steps()).hasSize(1);
  }

  @Test
  void aBuilderCanBeChangedAndBuiltAgain() {
    TabularPolicy policy = Toy.uniform();
    DpoTrainer.Builder builder = Toy.trainer(policy).batchSize(1);
    DpoTrainer one = builder.build();
    DpoTrainer three = builder.batchSize(3).build();

    assertThat(one.train(PAIRS).steps()).hasSize(3);
    assertThat(three.train(PAIRS).steps()).hasSize(1);
  }
}
