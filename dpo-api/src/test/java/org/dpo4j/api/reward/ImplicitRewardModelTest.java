package org.dpo4j.api.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.junit.jupiter.api.Test;

class ImplicitRewardModelTest {

  private static final WordTokenizer WORDS = WordTokenizer.of(List.of("ask good bad so so"));
  private static final Text ASK = Text.of("ask");

  /** Ids: 0 ends, 1 ask, 2 good, 3 bad, 4 so. */
  private static TabularPolicy likesGood() {
    TabularPolicy policy = TabularPolicy.of(WORDS);
    policy.setLogits(ImmutableIntArray.of(1), 0, 0, 2, 0, 0);
    return policy;
  }

  private static ImplicitRewardModel rewards(double beta) {
    return ImplicitRewardModel.of(likesGood(), TabularPolicy.of(WORDS), WORDS, beta);
  }

  /** log π/π_ref of " good" and of another first word: the rest is as likely under both. */
  private static final double GOOD = 2 - Math.log(4 + Math.exp(2)) + Math.log(5);

  private static final double OTHER = GOOD - 2;

  @Test
  void reward_is_beta_times_log_ratio() {
    assertThat(rewards(0.1).score(ASK, Text.of(" good so")).reward())
        .isCloseTo(0.1 * GOOD, within(1e-12));
    assertThat(rewards(0.5).score(ASK, Text.of(" bad")).reward())
        .isCloseTo(0.5 * OTHER, within(1e-12));
  }

  @Test
  void a_reference_of_another_vocabulary_is_refused() {
    TabularPolicy other = TabularPolicy.of(WordTokenizer.of(List.of("ask bad good so")));
    ImplicitRewardModel rewards = ImplicitRewardModel.of(likesGood(), other, WORDS, 0.1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewards.score(ASK, Text.of(" good")))
        .withMessage(
            "the reference must read the token ids that the tokenizer makes, but ' good' is ' bad'"
                + " to it");
  }

  @Test
  void preference_is_bradley_terry_of_rewards() {
    ImplicitRewardModel rewards = rewards(0.5);

    assertThat(rewards.preference(ASK, Text.of(" good"), Text.of(" bad so")))
        .isCloseTo(1 / (1 + Math.exp(-0.5 * 2)), within(1e-12));
    assertThat(rewards.preference(ASK, Text.of(" so"), Text.of(" bad"))).isEqualTo(0.5);
  }

  @Test
  void ranking_puts_the_highest_first_and_equals_in_the_order_given() {
    assertThat(
            rewards(0.1).rank(ASK, List.of(Text.of(" bad"), Text.of(" good"), Text.of(" so so"))))
        .extracting(RewardedCompletion::index)
        .containsExactly(1, 0, 2);
  }

  @Test
  void words_with_their_rewards_add_up_to_text_and_reward() {
    ImplicitRewardModel rewards = rewards(1.0);
    RewardedCompletion scored = rewards.score(ASK, Text.of(" good so"));

    List<Contribution> words = rewards.words(scored);

    assertThat(words).extracting(Contribution::text).containsExactly(" good", " so", "");
    assertThat(words.get(0).reward()).isCloseTo(GOOD, within(1e-12));
    assertThat(words.get(1).reward()).isZero();
    assertThat(words.stream().mapToDouble(Contribution::reward).sum())
        .isCloseTo(scored.reward(), within(1e-12));
  }

  @Test
  void tokens_that_are_parts_of_words_and_characters_are_joined() {
    Tokenizer bytes = new Pieces(Map.of(0, " un", 1, "likely", 2, "\uFFFD", 3, " é", 4, ""));
    ImplicitRewardModel rewards = ImplicitRewardModel.of(constant(-1), constant(-2), bytes, 1.0);
    RewardedCompletion scored =
        rewards
            .score(
                PromptGroup.of(
                    ImmutableIntArray.of(9), List.of(ImmutableIntArray.of(0, 1, 2, 3, 4))))
            .get(0);

    assertThat(rewards.tokens(scored))
        .extracting(Contribution::text)
        .containsExactly(" un", "likely", "", " é", "");
    assertThat(rewards.words(scored))
        .containsExactly(
            new Contribution(" unlikely", 2, 2),
            new Contribution("", 1, 1),
            new Contribution(" é", 1, 1),
            new Contribution("", 1, 1));
  }

  @Test
  void candidates_are_one_group_of_one_call_a_model() {
    AtomicInteger calls = new AtomicInteger();
    TokenScorer counting =
        (groups, statistics) -> {
          calls.incrementAndGet();
          assertThat(groups).hasSize(1);
          assertThat(groups.get(0).completions()).hasSize(3);
          return likesGood().score(groups, statistics);
        };
    ImplicitRewardModel rewards = ImplicitRewardModel.of(counting, counting, WORDS, 0.1);

    assertThat(rewards.of(Candidates.of(ASK, List.of(" good", " bad", " so"))).asList())
        .containsExactly(0.0, 0.0, 0.0);
    assertThat(calls).hasValue(2);
  }

  @Test
  void batch_is_scored_like_its_parts() {
    ImplicitRewardModel rewards = rewards(0.3);
    PromptGroup one = WORDS.encode(ASK, List.of(Text.of(" good"), Text.of(" bad")));
    PromptGroup two = WORDS.encode(Text.of("ask so"), List.of(Text.of(" good")));

    assertThat(rewards.score(List.of(one, two)))
        .containsExactly(rewards.score(one), rewards.score(two));
    assertThat(rewards.score(List.<PromptGroup>of())).isEmpty();
  }

  @Test
  void refuses_what_ranks_nothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewards(0))
        .withMessage("beta must be a finite number > 0, got 0.0");
    ImplicitRewardModel broken =
        ImplicitRewardModel.of(constant(Double.NaN), constant(-1), WORDS, 0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> broken.score(ASK, Text.of(" good")))
        .withMessage(
            "log-probability of completion 0 under the policy must be a finite number, got NaN");
  }

  private static TokenScorer constant(double logProb) {
    return (groups, statistics) -> {
      List<double[]> rows = new ArrayList<>();
      for (PromptGroup group : groups) {
        for (ImmutableIntArray completion : group.completions()) {
          rows.add(completion.stream().mapToDouble(id -> logProb).toArray());
        }
      }
      return TokenScores.of(TokenValues.of(rows), Map.of());
    };
  }

  /** Tokens that are pieces of text; two of them make one character. */
  private record Pieces(Map<Integer, String> pieces) implements Tokenizer {
    @Override
    public PromptGroup encode(Text prompt, List<Text> completions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String decode(ImmutableIntArray ids) {
      StringBuilder text = new StringBuilder();
      ids.forEach(id -> text.append(pieces.get(id)));
      return text.toString().replace("\uFFFD é", " é");
    }
  }
}
