package org.dpo4j.api.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;

class BestOfNTest {

  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("ask a b c d e f"));
  private static final Text ASK = Text.of("ask");
  private static final Reward LENGTH = Reward.function((prompt, text) -> text.length());

  /** A random number generator a candidate, so that fewer are the first of more. */
  private static final CandidateSource TABLE =
      (prompt, n, seed) -> {
        TabularPolicy policy = TabularPolicy.of(WORDS);
        ImmutableIntArray ids = WORDS.encode(prompt, List.of(Text.of(" a"))).prompt();
        List<ImmutableIntArray> drawn = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          drawn.add(policy.sample(ids, 8, new Random(31 * seed + i)));
        }
        return Candidates.of(
            prompt, drawn.stream().map(WORDS::decode).toList(), PromptGroup.of(ids, drawn));
      };

  @Test
  void best_of_more_is_never_worse_and_all_are_returned() {
    double before = Double.NEGATIVE_INFINITY;
    for (int n : new int[] {1, 2, 4, 8, 16}) {
      Choice choice = BestOfN.of(TABLE, LENGTH, n).choose(ASK, 3);

      assertThat(choice.ranked())
          .hasSize(n)
          .extracting(RankedCandidate::index)
          .doesNotHaveDuplicates();
      assertThat(choice.ranked())
          .extracting(RankedCandidate::reward)
          .isSortedAccordingTo((a, b) -> Double.compare(b, a));
      assertThat(choice.best().reward()).isGreaterThanOrEqualTo(before);
      assertThat(choice.tokens()).isGreaterThanOrEqualTo(n);
      assertThat(choice.drawing()).isPositive();
      before = choice.best().reward();
    }
  }

  @Test
  void given_candidates_are_ranked_with_equals_in_their_order() {
    Choice choice = BestOfN.rank(Candidates.of(ASK, List.of(" a", " a b", " c")), LENGTH);

    assertThat(choice.ranked())
        .containsExactly(
            new RankedCandidate(1, " a b", 0, 4),
            new RankedCandidate(0, " a", 0, 2),
            new RankedCandidate(2, " c", 0, 2));
    assertThat(choice.drawing()).isEqualTo(Duration.ZERO);
  }

  @Test
  void concurrent_calls_choose_as_calls_in_turn() throws Exception {
    BestOfN best =
        BestOfN.of(TABLE, ImplicitRewardModel.of(likesA(), TabularPolicy.of(WORDS), WORDS, 0.1), 8);
    List<String> inTurn = new ArrayList<>();
    for (int seed = 0; seed < 40; seed++) {
      inTurn.add(best.choose(ASK, seed).best().text());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int seed = i;
        answers.add(threads.submit(() -> best.choose(ASK, seed).best().text()));
      }
      for (int i = 0; i < 40; i++) {
        assertThat(answers.get(i).get()).isEqualTo(inTurn.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static TabularPolicy likesA() {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    policy.setLogits(ImmutableIntArray.of(1), 0, 0, 3, 0, 0, 0, 0, 0);
    return policy;
  }

  @Test
  void reward_that_ranks_nothing_is_refused() {
    Candidates two = Candidates.of(ASK, List.of(" a", " b"));

    assertThatIllegalStateException()
        .isThrownBy(() -> BestOfN.rank(two, all -> ImmutableDoubleArray.of(1)))
        .withMessage("the reward gave 1 values for 2 candidates: they must be equally many");
    assertThatIllegalStateException()
        .isThrownBy(() -> BestOfN.rank(two, Reward.function((prompt, text) -> Double.NaN)))
        .withMessage("the reward of candidate 0 must be a finite number, got NaN");
  }
}
