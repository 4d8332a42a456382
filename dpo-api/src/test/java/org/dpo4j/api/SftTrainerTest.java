package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class SftTrainerTest {

  private static final List<SftExample> EXAMPLES =
      List.of(
          SftExample.of("ask a", " b c d"),
          SftExample.of("ask b", " c"),
          SftExample.of("ask c", " d e"),
          SftExample.of("", "ask f"));

  private static SftTrainer.Builder trainer(ObservedPolicy policy) {
    return SftTrainer.builder()
        .policy(policy)
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant())
        .shuffle(false)
        .maxGradNorm(Double.POSITIVE_INFINITY);
  }

  private static PromptGroup tokens(SftExample example) {
    return Toy.WORDS.encode(example.prompt(), List.of(example.completion()));
  }

  /** The mean negative log-likelihood, computed apart from the code under test. */
  private static double loss(TokenScorer policy, List<PromptGroup> groups) {
    TokenValues logProbs = policy.logProbs(groups);
    double sum = 0.0;
    for (int row = 0; row < logProbs.rows(); row++) {
      sum -= logProbs.sum(row);
    }
    return sum / logProbs.tokens();
  }

  @Test
  void learnsToWriteTheCompletions() {
    TabularPolicy policy = Toy.uniform();

    TrainingReport report =
        SftTrainer.builder()
            .policy(policy)
            .optimizer(AdamW.learningRate(0.2))
            .epochs(60)
            .build()
            .train(EXAMPLES);

    assertThat(report.stopped()).isEqualTo(StopReason.COMPLETED);
    assertThat(report.history("loss")).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(report.history("loss")[0]).isCloseTo(Math.log(11), within(1e-12));
    assertThat(report.finalMetrics().get("loss")).isLessThan(0.1);
  }

  @Test
  void takesItsMeanOverTheTokensOfTheCompletions() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    List<PromptGroup> groups = EXAMPLES.stream().map(SftTrainerTest::tokens).toList();
    double before = loss(policy, groups);

    TrainingReport report = trainer(policy).build().train(EXAMPLES);

    assertThat(policy.trainedOn).isEqualTo(groups);
    assertThat(policy.copiesMade).as("no reference").isZero();
    assertThat(report.finalMetrics().get("loss")).isCloseTo(before, within(1e-12));
    assertThat(report.finalMetrics().names())
        .containsExactly(
            "loss", "grad_norm", "learning_rate", "epoch", "num_tokens", "logps/completion");
    assertThat(report.finalMetrics().get("num_tokens")).isEqualTo(18);
    assertThat(report.loss()).isEqualTo("sft");
    assertThat(report.beta()).isEmpty();
    assertThat(report.stepZero()).isEmpty();
    assertThat(report.toString()).startsWith("sft: 1 steps in ");
  }

  @Test
  void theFullSequenceIsAllAfterItsFirstToken() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).loss(SftLoss.FULL_SEQUENCE).build().train(EXAMPLES);

    assertThat(policy.trainedOn)
        .first()
        .isEqualTo(
            PromptGroup.of(ImmutableIntArray.of(1), List.of(ImmutableIntArray.of(2, 3, 4, 5, 0))));
    assertThat(policy.trainedOn)
        .last()
        .as("without a prompt")
        .isEqualTo(PromptGroup.of(ImmutableIntArray.of(1), List.of(ImmutableIntArray.of(7, 0))));
    assertThat(report.finalMetrics().get("loss"))
        .isCloseTo(loss(Toy.random(), policy.trainedOn), within(1e-12));
  }

  @Test
  void learnsWhatPairsPrefer() {
    TabularPolicy policy = Toy.random();
    TabularPolicy byLoss = Toy.random();
    PreferenceDataset pairs = Toy.pairs(12).map(pair -> pair.withWeight(0.5));

    TrainingReport report =
        SftTrainer.builder().policy(policy).epochs(2).batchSize(4).build().train(pairs);
    TrainingReport expected =
        DpoTrainer.builder()
            .policy(byLoss)
            .loss(Losses.sft())
            .optimizer(AdamW.learningRate(0.05))
            .epochs(2)
            .batchSize(4)
            .build()
            .train(pairs);

    assertThat(report.history("loss"))
        .containsExactly(expected.history("loss"), within(1e-12))
        .hasSize(6);
    Toy.assertClose(Toy.logProbs(policy, pairs), Toy.logProbs(byLoss, pairs), 1e-12);
  }

  @Test
  void aWeightMultipliesItsExamplesGradient() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    TokenValues before = Toy.random().logProbs(List.of(tokens(EXAMPLES.get(0))));

    trainer(policy).build().train(List.of(EXAMPLES.get(0).withWeight(0.0)));

    assertThat(policy.logProbs(List.of(tokens(EXAMPLES.get(0))))).isEqualTo(before);
  }

  @Test
  void accumulatingIsTheLargerBatch() {
    ObservedPolicy whole = new ObservedPolicy(Toy.random());
    ObservedPolicy parts = new ObservedPolicy(Toy.random());
    ObservedPolicy packed = new ObservedPolicy(Toy.random());

    TrainingReport expected = trainer(whole).batchSize(4).epochs(3).build().train(EXAMPLES);
    TrainingReport report =
        trainer(parts).batchSize(1).accumulateOver(4).epochs(3).build().train(EXAMPLES);
    TrainingReport budgeted =
        trainer(packed).batchSize(4).maxTokens(8).epochs(3).build().train(EXAMPLES);

    assertThat(parts.passSizes).hasSize(12);
    assertThat(packed.passSizes).hasSizeBetween(6, 11);
    Toy.assertClose(report, expected, 1e-12);
    Toy.assertClose(budgeted, expected, 1e-12);
  }

  @Test
  void evaluatesOnHeldOutExamplesAndStopsEarly() {
    ObservedPolicy policy = new ObservedPolicy(Toy.uniform());
    List<SftExample> contrary = List.of(SftExample.of("ask a", " i"));

    TrainingReport report =
        trainer(policy)
            .batchSize(1)
            .epochs(30)
            .evaluation(contrary)
            .evaluateEvery(1)
            .earlyStopping(EarlyStopping.patience(2))
            .build()
            .train(EXAMPLES);

    assertThat(report.stopped()).isEqualTo(StopReason.STOPPED_EARLY);
    assertThat(report.finalEvaluation().names())
        .containsExactly("eval_loss", "eval_logps/completion");
  }

  @Test
  void anAdapterIsTrainedAndThenTheReferenceOfDpo() {
    TabularPolicy policy = TabularPolicy.onTopOf(Toy.random());
    PreferenceDataset pairs = Toy.pairs(30);

    SftTrainer.builder()
        .policy(policy)
        .optimizer(AdamW.learningRate(0.05))
        .epochs(3)
        .build()
        .train(pairs);
    policy.keepAdapter("sft");
    TokenValues afterSft = Toy.logProbs(policy, pairs);
    TrainingReport report =
        DpoTrainer.builder()
            .policy(policy)
            .reference(Reference.adapter("sft"))
            .optimizer(AdamW.learningRate(0.05))
            .epochs(3)
            .build()
            .train(pairs);

    StepZero start = report.stepZero().orElseThrow();
    assertThat(start.loss()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(start.startsAtReference()).isTrue();
    assertThat(report.finalMetrics().get("loss")).isLessThan(0.66);
    assertThat(Toy.logProbs(policy.adapter("sft").orElseThrow(), pairs))
        .as("the reference stays where SFT ended")
        .isEqualTo(afterSft);
    assertThat(Toy.logProbs(policy, pairs)).isNotEqualTo(afterSft);
  }

  @Test
  void sftThenDpoStartsAtAFrozenCopyToo() {
    TabularPolicy policy = Toy.random();
    PreferenceDataset pairs = Toy.pairs(10);

    SftTrainer.builder().policy(policy).build().train(pairs);
    TrainingReport report = DpoTrainer.builder().policy(policy).build().train(pairs);

    assertThat(report.stepZero().orElseThrow().startsAtReference()).isTrue();
  }

  @Test
  void failuresNameTheirExamples() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    policy.notANumberAt = call -> call == 2;

    TrainingException failure =
        catchThrowableOfType(
            TrainingException.class,
            () ->
                trainer(policy)
                    .batchSize(1)
                    .build()
                    .train(List.of(EXAMPLES.get(0), EXAMPLES.get(1).withId("b"))));

    assertThat(failure)
        .hasMessage(
            "step 2, examples [b]: policy log-prob must be a finite number, got NaN at token 0 of"
                + " the completion; the parameters are as before this step");
    assertThat(failure.exampleIds()).containsExactly("b");
  }

  @Test
  void examplesThatCannotBeTokenizedAreNamed() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    assertThat(
            catchThrowableOfType(
                TrainingException.class,
                () -> trainer(policy).build().train(List.of(SftExample.of("ask", " zebra")))))
        .hasMessageStartingWith("step 1, examples [0]: example '0': ' zebra' is not in the");
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () -> trainer(policy).maxTokens(4).build().train(EXAMPLES)))
        .hasMessage(
            "example '0' has 6 tokens, its prompt counted once, more than the 4 that may be computed at a time,"
                + " and an example can't be split; so have 2 of 4 examples; raise maxTokens to at least that,"
                + " or shorten or leave out what is too long");
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    SftTrainer.Builder builder = SftTrainer.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage("policy is required; set it with policy(…)");
    builder.policy(Toy.uniform());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.build().train(List.of()))
        .withMessage("examples must have at least one element, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.evaluation(List.of()))
        .withMessage("evaluation must have at least one example, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.evaluateEvery(3).build())
        .withMessage(
            "evaluateEvery(…) and earlyStopping(…) need examples to evaluate on; give them with"
                + " evaluation(…)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SftExample.of("ask", ""))
        .withMessage("completion must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SftExample.of("ask", "a").withId("x").withWeight(Double.NaN))
        .withMessage("example 'x': weight must be a finite number ≥ 0, got NaN");
  }
}
