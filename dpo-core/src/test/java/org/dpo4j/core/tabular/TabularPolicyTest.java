package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.tabular.Tables.TOKENIZER;
import static org.dpo4j.core.tabular.Tables.ids;
import static org.dpo4j.core.tabular.Tables.logits;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TabularPolicyTest {

  @Test
  void distribution_ofAFreshPolicyIsUniform() {
    assertThat(TabularPolicy.of(TOKENIZER).logDistribution(ids(1, 2)))
        .containsExactly(new double[] {-Math.log(3), -Math.log(3), -Math.log(3)}, within(1e-15));
  }

  @Test
  void distribution_isTheSoftmaxOfItsLogits() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    policy.setLogits(ids(1), logits());

    assertThat(policy.logDistribution(ids(1)))
        .containsExactly(new double[] {Math.log(0.2), Math.log(0.3), Math.log(0.5)}, within(1e-15));
  }

  @Test
  void distribution_sumsToOneInEveryContext() {
    TabularPolicy policy = Tables.random(1, Integer.MAX_VALUE);
    for (ImmutableIntArray context : Tables.contexts(4)) {
      assertThat(Tables.total(policy.logDistribution(context))).isCloseTo(1.0, within(1e-14));
    }
  }

  @Test
  void logProbs_areReadFromTheDistributionAfterAllTokensBefore() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    policy.setLogits(ids(1), logits());
    policy.setLogits(ids(1, 2), 0.0, Math.log(2), 0.0);

    TokenValues logProbs =
        policy.logProbs(List.of(PromptGroup.of(ids(1), List.of(ids(2, 1, 0), ids(0)))));

    assertThat(logProbs.rows()).isEqualTo(2);
    // p(2|1) = 0.5; p(1|1 2) = 2/4; p(0|1 2 1) was never set
    assertThat(logProbs.row(0))
        .containsExactly(new double[] {Math.log(0.5), Math.log(0.5), -Math.log(3)}, within(1e-15));
    assertThat(logProbs.row(1)).containsExactly(new double[] {Math.log(0.2)}, within(1e-15));
  }

  @Test
  void logProbs_ofNothing_areNone() {
    TabularPolicy policy = Tables.random(2, Integer.MAX_VALUE);

    assertThat(policy.logProbs(List.of()).rows()).isZero();
    assertThat(policy.copy().logProbs(List.of()).rows()).isZero();
  }

  @Test
  void logProbs_haveARowForEachCompletionGroupsInOrder() {
    TabularPolicy policy = Tables.random(2, Integer.MAX_VALUE);
    TokenValues together = policy.logProbs(Tables.groups());

    int row = 0;
    for (PromptGroup group : Tables.groups()) {
      for (ImmutableIntArray completion : group.completions()) {
        PromptGroup alone = PromptGroup.of(group.prompt(), List.of(completion));
        assertThat(policy.logProbs(List.of(alone)).row(0)).isEqualTo(together.row(row));
        row++;
      }
    }
    assertThat(together.rows()).isEqualTo(row);
  }

  @Test
  void contextLength_zeroLooksAtNothing() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, 0);
    policy.setLogits(ids(1, 2, 1), logits());

    for (ImmutableIntArray context : Tables.contexts(3)) {
      assertThat(policy.logDistribution(context)[2]).isCloseTo(Math.log(0.5), within(1e-15));
    }
  }

  @Test
  void contextLength_oneLooksAtTheLastTokenWhetherOfPromptOrCompletion() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, 1);
    policy.setLogits(ids(2, 1), logits());

    TokenValues logProbs =
        policy.logProbs(List.of(PromptGroup.of(ids(2, 1), List.of(ids(1, 2, 0)))));

    // after 1, after 1, after 2
    assertThat(logProbs.row(0))
        .containsExactly(new double[] {Math.log(0.3), Math.log(0.5), -Math.log(3)}, within(1e-15));
    assertThat(policy.logDistribution(ids())).isEqualTo(policy.logDistribution(ids(2)));
  }

  @Test
  void contextLength_unboundedTellsEveryHistoryApart() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    policy.setLogits(ids(1), logits());

    assertThat(policy.logDistribution(ids(2, 1))[2]).isCloseTo(-Math.log(3), within(1e-15));
  }

  @Test
  void statistics_areWorkedByHand() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    policy.setLogits(ids(1), logits());
    List<PromptGroup> groups = List.of(PromptGroup.of(ids(1), List.of(ids(2, 0), ids(0))));

    TokenScores scores =
        policy.score(groups, Set.of(TokenStatistic.LOG_COLLISION, TokenStatistic.ENTROPY));

    // 0.2² + 0.3² + 0.5² = 0.38, after the second token 3 · (1/3)² = 1/3
    double entropy = -0.2 * Math.log(0.2) - 0.3 * Math.log(0.3) - 0.5 * Math.log(0.5);
    assertThat(scores.statistics()).containsOnlyKeys(TokenStatistic.values());
    assertThat(scores.statistics())
        .hasEntrySatisfying(
            TokenStatistic.LOG_COLLISION,
            values -> assertRows(values, Math.log(0.38), -Math.log(3)));
    assertThat(scores.statistics())
        .hasEntrySatisfying(
            TokenStatistic.ENTROPY, values -> assertRows(values, entropy, Math.log(3)));
  }

  @Test
  void statistics_areOnlyThoseAskedFor() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);

    assertThat(policy.score(Tables.groups(), Set.of()).statistics()).isEmpty();
    assertThat(policy.score(Tables.groups(), Set.of(TokenStatistic.ENTROPY)).statistics())
        .containsOnlyKeys(TokenStatistic.ENTROPY);
  }

  /**
   * With at most two tokens there are seven completions. Pearson's Σ (observed − expected)² /
   * expected is then χ² with six degrees of freedom, for which P(χ² > x) = e^{−x/2} (1 + x/2 +
   * (x/2)²/2).
   */
  @Test
  void sample_drawsCompletionsAsOftenAsTheirProbabilitySays() {
    int draws = 20_000;
    TabularPolicy policy = Tables.random(3, Integer.MAX_VALUE);
    SplittableRandom random = new SplittableRandom(4);
    Map<ImmutableIntArray, Integer> counts = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      counts.merge(policy.sample(ids(1), 2, random), 1, Integer::sum);
    }

    List<ImmutableIntArray> possible =
        List.of(ids(0), ids(1, 0), ids(1, 1), ids(1, 2), ids(2, 0), ids(2, 1), ids(2, 2));
    TokenValues logProbs = policy.logProbs(List.of(PromptGroup.of(ids(1), possible)));
    double chiSquare = 0.0;
    for (int y = 0; y < possible.size(); y++) {
      double expected = draws * Math.exp(logProbs.sum(y));
      double error = counts.getOrDefault(possible.get(y), 0) - expected;
      chiSquare += error * error / expected;
    }
    double half = chiSquare / 2;
    assertThat(Math.exp(-half) * (1 + half + half * half / 2)).isGreaterThan(1e-3);
    assertThat(possible).containsAll(counts.keySet());
  }

  @Test
  void sample_endsAfterTheEndTokenOrTheLimit() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER, 0);
    policy.setLogits(ids(), -1000, 0, 0);
    assertThat(policy.sample(ids(0), 5, new SplittableRandom(5)).length()).isEqualTo(5);

    policy.setLogits(ids(), 1000, 0, 0);
    assertThat(policy.sample(ids(1), 5, new SplittableRandom(5))).isEqualTo(ids(0));
  }

  @Test
  void score_fromSeveralThreadsGivesTheSameNumbers() throws Exception {
    TabularPolicy policy = Tables.random(6, Integer.MAX_VALUE);
    TokenValues alone = policy.logProbs(Tables.groups());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<TokenValues>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(() -> policy.logProbs(Tables.groups()));
      }
      for (Future<TokenValues> result : threads.invokeAll(calls)) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3})
  void score_ofUnknownToken_isRefused(int token) {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.logProbs(List.of(PromptGroup.of(ids(), List.of(ids(token))))))
        .withMessage("token id must be in [0, 3), got %s", token);
  }

  @Test
  void of_negativeContextLength_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TabularPolicy.of(TOKENIZER, -1))
        .withMessage("contextLength must be ≥ 0, got -1");
  }

  @Test
  void setLogits_ofWrongNumberOrNotFinite_isRefused() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.setLogits(ids(1), 0.0, 1.0))
        .withMessage("logits must have one value a token of the vocabulary: 3 tokens, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.setLogits(ids(1), 0.0, 1.0, Double.NaN))
        .withMessage("logit must be a finite number, got NaN");
  }

  @Test
  void setLogits_thatIsRefusedChangesNothing() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.setLogits(ids(1), 5.0, 1.0, Double.NaN));
    assertThat(policy.logDistribution(ids(1))[0]).isCloseTo(-Math.log(3), within(1e-15));
  }

  @Test
  void sample_ofNoTokens_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TabularPolicy.of(TOKENIZER).sample(ids(), 0, new SplittableRandom(1)))
        .withMessage("maxTokens must be ≥ 1, got 0");
  }

  /** Values of the completions (2, 0) and (0), the first token's twice. */
  private static void assertRows(TokenValues values, double first, double second) {
    assertThat(values.row(0)).containsExactly(new double[] {first, second}, within(1e-15));
    assertThat(values.row(1)).containsExactly(new double[] {first}, within(1e-15));
  }
}
