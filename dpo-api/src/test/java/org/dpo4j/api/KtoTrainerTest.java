package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.UnpairedObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KtoTrainerTest {

  private static final ImmutableList<UnpairedExample> LIST =
      ImmutableList.of(
          example("ask a", " b c", true),
          example("ask a", " d", false),
          example("ask b", " e f g", true),
          example("ask c", " h", false));

  private static final Dataset<UnpairedExample> EXAMPLES = Dataset.of(LIST);

  private static UnpairedExample example(String prompt, String completion, boolean desirable) {
    return UnpairedExample.of(Text.of(prompt), Text.of(completion), desirable);
  }

  private static KtoTrainer.Builder trainer(ObservedPolicy policy) {
    return KtoTrainer.builder()
        .policy(policy)
        .reference(Reference.model(Toy.uniform()))
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant())
        .shuffle(false)
        .maxGradNorm(Double.POSITIVE_INFINITY);
  }

  private static double logRatio(TokenScorer policy, int prompt, int completion) {
    List<PromptGroup> group =
        List.of(
            Toy.WORDS.encode(
                LIST.get(prompt).prompt(), List.of(LIST.get(completion).completion())));
    return policy.logProbs(group).sum(0) - Toy.uniform().logProbs(group).sum(0);
  }

  private static double sigmoid(double z) {
    return 1.0 / (1.0 + Math.exp(-z));
  }

  /** Of each prompt with the completion of the next example with another one. */
  private static double kl(TokenScorer policy) {
    return (logRatio(policy, 0, 2)
            + logRatio(policy, 1, 2)
            + logRatio(policy, 2, 3)
            + logRatio(policy, 3, 0))
        / 4;
  }

  private static double ktoLoss(TokenScorer policy, double up, double down, double beta) {
    double z0 = Math.max(0.0, kl(policy));
    double sum = 0.0;
    for (int i = 0; i < 4; i++) {
      double sign = LIST.get(i).desirable() ? 1 : -1;
      double weight = LIST.get(i).desirable() ? up : down;
      sum += weight * (1 - sigmoid(sign * beta * (logRatio(policy, i, i) - z0)));
    }
    return sum / 4;
  }

  /** A policy that writes e and h after most words, so that the estimate is above zero. */
  private static TabularPolicy fond() {
    TabularPolicy policy = TabularPolicy.of(Toy.WORDS, 0);
    policy.setLogits(ImmutableIntArray.of(), new double[] {1, 0, 0, 0, 0, 0, 2, 1, 1, 2, 0});
    return policy;
  }

  @Test
  void theLossComparesRewardsWithTheKlOverTheStep() {
    ObservedPolicy policy = new ObservedPolicy(fond());

    TrainingReport report =
        trainer(policy).loss(Losses.kto(1.5, 0.5)).beta(0.3).maxSteps(1).build().train(EXAMPLES);

    assertThat(kl(fond())).isGreaterThan(0.3);
    assertThat(report.finalMetrics().get("kl")).isCloseTo(kl(fond()), within(1e-12));
    assertThat(report.finalMetrics().get("loss"))
        .isCloseTo(ktoLoss(fond(), 1.5, 0.5, 0.3), within(1e-12));
    assertThat(report.loss()).isEqualTo("kto");
    assertThat(report.beta()).hasValue(0.3);
    assertThat(report.finalMetrics().names())
        .containsExactly(
            "loss",
            "grad_norm",
            "learning_rate",
            "epoch",
            "num_tokens",
            "kl",
            "rewards/chosen",
            "logps/chosen",
            "logratios/chosen",
            "rewards/rejected",
            "logps/rejected",
            "logratios/rejected");
    assertThat(policy.trainedOn).as("no gradient of mismatched completions").hasSize(4);
  }

  @Test
  void theGradientIsThatOfTheLossWithTheKlHeldStill() {
    TabularPolicy policy = fond();
    double rate = 1e-6;

    TrainingReport report =
        trainer(new ObservedPolicy(policy))
            .optimizer(Sgd.learningRate(rate))
            .build()
            .train(EXAMPLES);

    // One step of gradient descent lowers the loss by rate · |gradient|², to first order.
    double z0 = Math.max(0.0, kl(fond()));
    double after = 0.0;
    for (int i = 0; i < 4; i++) {
      double sign = LIST.get(i).desirable() ? 1 : -1;
      after += (1 - sigmoid(sign * 0.1 * (logRatio(policy, i, i) - z0))) / 4;
    }
    double norm = report.finalMetrics().get("grad_norm");
    assertThat((ktoLoss(fond(), 1, 1, 0.1) - after) / rate).isCloseTo(norm * norm, within(1e-6));
  }

  @Test
  void raisesWhatIsLikedAboveWhatIsNot() {
    TabularPolicy policy = Toy.random();

    TrainingReport report =
        KtoTrainer.builder()
            .policy(policy)
            .optimizer(AdamW.learningRate(0.1))
            .epochs(30)
            .build()
            .train(Toy.unpaired(20));

    assertThat(report.finalMetrics().get("rewards/chosen"))
        .isGreaterThan(report.finalMetrics().get("rewards/rejected") + 0.3);
    assertThat(report.finalMetrics().get("loss")).isLessThan(report.history("loss")[0]);
    assertThat(report.history("loss")[0]).as("policy = reference").isCloseTo(0.5, within(1e-12));
    assertThat(report.stepZero().orElseThrow().startsAtReference()).isTrue();
  }

  @Test
  void accumulatingAndATokenBudgetAreTheLargerBatch() {
    Dataset<UnpairedExample> examples = Toy.unpaired(16);
    ObservedPolicy parts = new ObservedPolicy(Toy.random());
    ObservedPolicy packed = new ObservedPolicy(Toy.random());

    TrainingReport expected =
        trainer(new ObservedPolicy(Toy.random())).epochs(3).build().train(examples);
    TrainingReport report =
        trainer(parts).batchSize(1).accumulateOver(8).epochs(3).build().train(examples);
    TrainingReport budgeted = trainer(packed).maxTokens(20).epochs(3).build().train(examples);

    assertThat(expected.steps()).hasSize(6);
    assertThat(parts.passSizes).hasSize(48);
    assertThat(packed.passSizes).hasSizeBetween(12, 30);
    Toy.assertClose(report, expected, 1e-12);
    Toy.assertClose(budgeted, expected, 1e-12);
  }

  @Test
  void weightsMultiplyLosses() {
    Dataset<UnpairedExample> onlyFirst =
        EXAMPLES.map(
            each ->
                new UnpairedExample(
                    each.id(),
                    each.prompt(),
                    each.completion(),
                    each.desirable(),
                    each.completion().equals(LIST.get(0).completion()) ? 2.0 : 0.0,
                    each.tags()));

    TrainingReport report = trainer(new ObservedPolicy(fond())).build().train(onlyFirst);

    double z0 = Math.max(0.0, kl(fond()));
    assertThat(report.finalMetrics().get("loss"))
        .isCloseTo(2.0 * (1 - sigmoid(0.1 * (logRatio(fond(), 0, 0) - z0))) / 4, within(1e-12));
  }

  @Test
  void evaluatesWithTheKlOfAllHeldOutExamples() {
    TrainingReport report =
        trainer(new ObservedPolicy(fond()))
            .batchSize(2)
            .optimizer(Sgd.learningRate(1e-30))
            .evaluation(EXAMPLES)
            .build()
            .train(Toy.unpaired(8));

    assertThat(report.finalEvaluation().get("eval_loss"))
        .isCloseTo(ktoLoss(fond(), 1, 1, 0.1), within(1e-12));
    assertThat(report.finalEvaluation().get("eval_kl")).isCloseTo(kl(fond()), within(1e-12));
  }

  @Test
  void bcosShiftIsTheMeanOfAllRewardsSoFarTheStepsOwnIncluded() {
    double[] rewards = new double[4];
    double[] losses = new double[2];
    TabularPolicy policy = fond();
    for (int i = 0; i < 4; i++) {
      rewards[i] = 0.1 * logRatio(policy, i, i);
    }
    double first = (rewards[0] + rewards[1]) / 2;
    double second = (rewards[0] + rewards[1] + rewards[2] + rewards[3]) / 4;
    for (int i = 0; i < 4; i++) {
      double sign = LIST.get(i).desirable() ? 1 : -1;
      losses[i / 2] -= Math.log(sigmoid(sign * (rewards[i] - (i < 2 ? first : second)))) / 2;
    }

    TrainingReport report =
        trainer(new ObservedPolicy(policy))
            .loss(Losses.bco())
            .batchSize(2)
            .optimizer(Sgd.learningRate(1e-30))
            .evaluation(EXAMPLES)
            .build()
            .train(EXAMPLES);

    assertThat(report.history("loss")).containsExactly(losses, within(1e-12));
    assertThat(report.history("reward_shift"))
        .containsExactly(new double[] {first, second}, within(1e-12));
    assertThat(report.finalEvaluation().get("eval_reward_shift")).isCloseTo(second, within(1e-12));
    assertThat(report.stepZero().orElseThrow().lossAtReference())
        .isCloseTo(Math.log(2), within(1e-12));
  }

  @Test
  void bcoNeedsOnlyOnePrompt() {
    ObservedPolicy policy = new ObservedPolicy(fond());

    trainer(policy).loss(Losses.bco()).build().train(Dataset.of(LIST.subList(0, 2)));

    assertThat(policy.trainedOn).hasSize(2);
    assertThat(policy.scored).as("nothing is scored beside the forward pass").isZero();
  }

  @Test
  void aLossOfOnesOwnGoesWhereTheseGo() {
    record Likelihood() implements UnpairedObjective {
      @Override
      public String name() {
        return "likelihood";
      }

      @Override
      public CompletionTerm at(UnpairedBatch batch, int index, double beta) {
        double sign = batch.isDesirable(index) ? 1 : -1;
        return new CompletionTerm(-sign * batch.completion(index).logProb(), -sign);
      }
    }

    TrainingReport report =
        trainer(new ObservedPolicy(fond())).loss(new Likelihood()).build().train(EXAMPLES);

    assertThat(report.finalMetrics().has("kl")).isFalse();
    assertThat(report.loss()).isEqualTo("likelihood");
  }

  @Test
  void aFileOfReferenceLogProbsHasTheMismatchedCompletionsToo(@TempDir Path directory) {
    Path file = directory.resolve("reference.logprobs");
    TrainingReport first =
        trainer(new ObservedPolicy(fond()))
            .reference(Reference.cached(Reference.model(Toy.uniform()), file))
            .epochs(2)
            .build()
            .train(EXAMPLES);

    TrainingReport second =
        trainer(new ObservedPolicy(fond()))
            .reference(Reference.cachedOnly(file))
            .epochs(2)
            .build()
            .train(EXAMPLES);

    assertThat(second.steps()).isEqualTo(first.steps());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                trainer(new ObservedPolicy(fond()))
                    .reference(Reference.cachedOnly(file))
                    .build()
                    .train(Dataset.of(LIST.reverse())))
        .withMessageStartingWith("example '0' is not in " + file + " (4 of 4 are missing)");
  }

  @Test
  void refusesSettingsThatLeaveNothingToEstimateTheKlFrom() {
    ObservedPolicy policy = new ObservedPolicy(fond());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).batchSize(1).build())
        .withMessage(
            "batchSize(1) leaves loss 'kto' one example a step, and its estimate of the KL is a mean over a step's"
                + " examples; use a larger batchSize or accumulateOver");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).build().train(Dataset.of(LIST.subList(0, 2))))
        .withMessage(
            "examples must have at least two prompts, since the KL is estimated on completions that answer another"
                + " one, got 2 with one prompt");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                trainer(policy).evaluation(Dataset.of(LIST.subList(0, 2))).build().train(EXAMPLES))
        .withMessage(
            "evaluation must have at least two prompts, since the KL is estimated on completions that answer another"
                + " one, got 2 with one prompt");
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    ObservedPolicy policy = new ObservedPolicy(fond());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> KtoTrainer.builder().build())
        .withMessage("policy is required; set it with policy(…)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).reference(Reference.none()).build())
        .withMessage(
            "Reference.none() cannot be combined with loss 'kto': it needs a reference; use Reference.frozenCopy()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).loss(Losses.bco()).accumulateOver(2).build())
        .withMessage(
            "accumulateOver(2) would change loss 'bco', which compares the examples of a batch with each other; use"
                + " accumulateOver(1) and a larger batchSize");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).evaluateEvery(2).build())
        .withMessage(
            "evaluateEvery(…) and earlyStopping(…) need examples to evaluate on; give them with evaluation(…)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).build().train(Dataset.of(List.of())))
        .withMessage("examples must have at least one element, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).evaluation(Dataset.of(List.of())))
        .withMessage("evaluation must have at least one example, got none");
  }

  @Test
  void aScoreThatIsNotFiniteIsNamedByItsExample() {
    ObservedPolicy policy = new ObservedPolicy(fond());
    policy.notANumberFor =
        group ->
            group
                .completions()
                .equals(
                    Toy.WORDS
                        .encode(LIST.get(3).prompt(), List.of(LIST.get(3).completion()))
                        .completions());

    TrainingException failure =
        catchThrowableOfType(
            TrainingException.class, () -> trainer(policy).build().train(EXAMPLES));

    assertThat(failure.exampleIds()).containsExactly("0");
    assertThat(failure)
        .hasMessage(
            "step 1, examples [0]: policy log-prob must be a finite number, got NaN at token 0 of the completion; the"
                + " parameters are as before this step");
  }
}
