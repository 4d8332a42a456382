package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;

class RankingTrainerTest {

  private static final RankedExample RANKING =
      RankedExample.of(
          Text.of("ask a"), List.of(Text.of(" b c"), Text.of(" d"), Text.of(" e f g")));

  private static RankingTrainer.Builder trainer(ObservedPolicy policy) {
    return RankingTrainer.builder()
        .policy(policy)
        .reference(Reference.model(Toy.uniform()))
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant())
        .shuffle(false)
        .maxGradNorm(Double.POSITIVE_INFINITY);
  }

  private static double[] rewards(TabularPolicy policy, RankedExample ranking, double beta) {
    List<PromptGroup> group = List.of(Toy.WORDS.encode(ranking.prompt(), ranking.completions()));
    TokenValues logProbs = policy.logProbs(group);
    TokenValues reference = Toy.uniform().logProbs(group);
    return IntStream.range(0, logProbs.rows())
        .mapToDouble(row -> beta * (logProbs.sum(row) - reference.sum(row)))
        .toArray();
  }

  @Test
  void theLossIsTheLikelihoodOfTheWholeOrder() {
    double[] r = Arrays.stream(rewards(Toy.random(), RANKING, 0.3)).map(Math::exp).toArray();
    double loss = -Math.log(r[0] / (r[0] + r[1] + r[2])) - Math.log(r[1] / (r[1] + r[2]));
    ObservedPolicy policy = new ObservedPolicy(Toy.random());

    TrainingReport report = trainer(policy).beta(0.3).build().train(Dataset.of(List.of(RANKING)));

    assertThat(report.finalMetrics().get("loss")).isCloseTo(loss, within(1e-12));
    assertThat(report.loss()).isEqualTo("plackett-luce");
    assertThat(report.beta()).hasValue(0.3);
    assertThat(policy.trainedOn)
        .as("the prompt is computed once")
        .containsExactly(Toy.WORDS.encode(RANKING.prompt(), RANKING.completions()));
    assertThat(report.finalMetrics().names())
        .containsExactly(
            "loss",
            "grad_norm",
            "learning_rate",
            "epoch",
            "num_tokens",
            "rewards/chosen",
            "rewards/rejected",
            "rewards/accuracies",
            "rewards/margins");
  }

  @Test
  void rankingsOfTwoAreDpo() {
    PreferenceDataset pairs = Toy.pairs(12);
    TabularPolicy byPairs = Toy.random();
    TabularPolicy byRankings = Toy.random();
    Dataset<RankedExample> rankings =
        Dataset.from(
            12,
            i ->
                RankedExample.of(
                    pairs.get(i).prompt(),
                    List.of(pairs.get(i).chosen(), pairs.get(i).rejected())));

    TrainingReport expected =
        DpoTrainer.builder()
            .epochs(2)
            .batchSize(4)
            .policy(byPairs)
            .optimizer(Sgd.learningRate(0.5))
            .build()
            .train(pairs);
    TrainingReport report =
        RankingTrainer.builder()
            .epochs(2)
            .batchSize(4)
            .policy(byRankings)
            .optimizer(Sgd.learningRate(0.5))
            .build()
            .train(rankings);

    assertThat(report.history("loss"))
        .containsExactly(expected.history("loss"), within(1e-12))
        .hasSize(6);
    Toy.assertClose(Toy.logProbs(byRankings, pairs), Toy.logProbs(byPairs, pairs), 1e-12);
    assertThat(report.stepZero().orElseThrow().loss()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(report.stepZero().orElseThrow().startsAtReference()).isTrue();
  }

  @Test
  void learnsTheOrder() {
    TabularPolicy policy = Toy.uniform();

    TrainingReport report =
        RankingTrainer.builder()
            .policy(policy)
            .optimizer(AdamW.learningRate(0.1))
            .epochs(40)
            .build()
            .train(Dataset.of(List.of(RANKING)));

    double[] rewards = rewards(policy, RANKING, 0.1);
    assertThat(rewards[0]).isGreaterThan(rewards[1] + 0.1);
    assertThat(rewards[1]).isGreaterThan(rewards[2] + 0.1);
    assertThat(report.history("loss")[0]).isCloseTo(Math.log(6), within(1e-12));
    assertThat(report.finalMetrics().get("rewards/accuracies")).isEqualTo(1.0);
  }

  @Test
  void accumulatingAndATokenBudgetAreTheLargerBatch() {
    Dataset<RankedExample> rankings = Toy.rankings(16);
    ObservedPolicy parts = new ObservedPolicy(Toy.random());
    ObservedPolicy packed = new ObservedPolicy(Toy.random());

    TrainingReport expected =
        trainer(new ObservedPolicy(Toy.random())).epochs(2).build().train(rankings);
    TrainingReport report =
        trainer(parts).batchSize(1).accumulateOver(8).epochs(2).build().train(rankings);
    TrainingReport budgeted = trainer(packed).maxTokens(30).epochs(2).build().train(rankings);

    assertThat(expected.steps()).hasSize(4);
    assertThat(parts.passSizes).hasSize(32);
    assertThat(packed.passSizes).hasSizeBetween(8, 31);
    Toy.assertClose(report, expected, 1e-12);
    Toy.assertClose(budgeted, expected, 1e-12);
  }

  @Test
  void aWeightMultipliesItsRankingsLoss() {
    RankedExample none =
        new RankedExample("", RANKING.prompt(), RANKING.completions(), 0.0, RANKING.tags());

    TrainingReport report =
        trainer(new ObservedPolicy(Toy.random())).build().train(Dataset.of(List.of(none)));

    assertThat(report.finalMetrics().get("loss")).isZero();
    assertThat(report.finalMetrics().get("grad_norm")).isZero();
  }

  @Test
  void evaluatesOnHeldOutRankings() {
    TrainingReport report =
        trainer(new ObservedPolicy(Toy.random()))
            .evaluation(Toy.rankings(3))
            .evaluateEvery(1)
            .build()
            .train(Toy.rankings(16));

    assertThat(report.evaluations()).hasSize(2);
    assertThat(report.finalEvaluation().names())
        .containsExactly(
            "eval_loss",
            "eval_rewards/chosen",
            "eval_rewards/rejected",
            "eval_rewards/accuracies",
            "eval_rewards/margins");
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    ObservedPolicy policy = new ObservedPolicy(Toy.random());
    Dataset<RankedExample> none = Dataset.of(ImmutableList.of());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).reference(Reference.none()).build())
        .withMessage(
            "Reference.none() cannot be combined with loss 'plackett-luce': it needs a reference; use"
                + " Reference.frozenCopy()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).build().train(none))
        .withMessage("rankings must have at least one element, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).evaluation(none))
        .withMessage("evaluation must have at least one ranking, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainer(policy).maxTokens(5).build().train(Dataset.of(List.of(RANKING))))
        .withMessage(
            "ranking '0' has 11 tokens, its prompt counted once, more than the 5 that may be computed at a time,"
                + " and a ranking can't be split; so have 1 of 1 rankings; raise maxTokens to at least that, or shorten"
                + " or leave out what is too long");
  }

  @Test
  void aReferenceThatIsNotFiniteIsNamedByItsRank() {
    TabularPolicy reference = Toy.uniform();
    TrainingException failure =
        catchThrowableOfType(
            TrainingException.class,
            () ->
                trainer(new ObservedPolicy(Toy.random()))
                    .reference(
                        Reference.model(
                            (groups, statistics) -> {
                              TokenValues right = reference.logProbs(groups);
                              return TokenScores.of(
                                  right.map(
                                      (row, token) ->
                                          row == 2 && token == 1
                                              ? Double.NaN
                                              : right.get(row, token)),
                                  Map.of());
                            }))
                    .build()
                    .train(Dataset.of(List.of(RANKING.withId("one")))));

    assertThat(failure)
        .hasMessage(
            "step 1, rankings [one]: reference log-prob must be a finite number, got NaN at token 1 of the completion"
                + " ranked 3; the parameters are as before this step");
  }
}
