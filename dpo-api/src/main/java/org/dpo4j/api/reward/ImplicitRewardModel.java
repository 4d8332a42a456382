package org.dpo4j.api.reward;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.Vocabulary;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.theory.BradleyTerry;

/**
 * The reward model that preference training left in a policy (Rafailov et al. 2023, Eq. 5, without
 * the partition function, which is the same for all completions of a prompt):
 *
 * <pre>{@code \hat r(x, y) = \beta \log \frac{\pi(y \mid x)}{\pi_{ref}(y \mid x)}}</pre>
 *
 * <p>So rewards of one prompt may be compared, those of different prompts may not.
 *
 * <pre>{@code
 * ImplicitRewardModel rewards = ImplicitRewardModel.of(policy, model.base(), model.tokenizer(), 0.1);
 * rewards.rank(Text.of("How do I boil an egg?"), candidates).get(0);
 * }</pre>
 *
 * <p>All completions of a prompt go to each model as one {@link PromptGroup}: the prompt is
 * computed once a model, not once a completion. Holds nothing; safe from several threads if its
 * scorers are, as those of dpo-torch are but for a policy in training.
 */
public final class ImplicitRewardModel implements Reward {

  private final TokenScorer policy;
  private final TokenScorer reference;
  private final Tokenizer tokenizer;
  private final double beta;

  private ImplicitRewardModel(
      TokenScorer policy, TokenScorer reference, Tokenizer tokenizer, double beta) {
    this.policy = policy;
    this.reference = reference;
    this.tokenizer = tokenizer;
    this.beta = beta;
  }

  /**
   * A reward model.
   *
   * @param policy what was trained; stays the caller's to close
   * @param reference what it was trained against; stays the caller's to close
   * @param tokenizer of both
   * @param beta β &gt; 0 it was trained with: it scales rewards and with them preference
   *     probabilities, and changes no ranking
   * @return the model
   */
  public static ImplicitRewardModel of(
      TokenScorer policy, TokenScorer reference, Tokenizer tokenizer, double beta) {
    return new ImplicitRewardModel(policy, reference, tokenizer, Check.positive("beta", beta));
  }

  /**
   * The reward of one completion.
   *
   * @param prompt plain text or a chat
   * @param completion of the same kind
   * @return the completion as it was scored
   * @throws IllegalArgumentException if a text can't be rendered or tokenized
   */
  public RewardedCompletion score(Text prompt, Text completion) {
    return score(prompt, ImmutableList.of(completion)).get(0);
  }

  /**
   * The rewards of a prompt's completions.
   *
   * @param prompt plain text or a chat
   * @param completions at least one, of the same kind
   * @return {@code [completions]} in their order
   * @throws IllegalArgumentException if a text can't be rendered or tokenized
   */
  public ImmutableList<RewardedCompletion> score(Text prompt, List<Text> completions) {
    return score(tokenizer.encode(prompt, completions));
  }

  /**
   * The rewards of a prompt's completions.
   *
   * @param group token ids
   * @return {@code [completions]} in their order
   */
  public ImmutableList<RewardedCompletion> score(PromptGroup group) {
    return score(ImmutableList.of(group)).get(0);
  }

  /**
   * The rewards of completions of several prompts, in one call of each model.
   *
   * @param groups token ids
   * @return {@code [groups][completions]} in their order; empty if there are no groups
   * @throws IllegalArgumentException if a scorer knows that it reads other token ids than the
   *     tokenizer makes
   */
  public ImmutableList<ImmutableList<RewardedCompletion>> score(List<PromptGroup> groups) {
    if (groups.isEmpty()) {
      return ImmutableList.of();
    }
    requireVocabulary("policy", policy, groups.get(0));
    requireVocabulary("reference", reference, groups.get(0));
    TokenValues logProbs = checked("policy", policy.logProbs(groups), groups);
    TokenValues referenceLogProbs = checked("reference", reference.logProbs(groups), groups);
    ImmutableList.Builder<ImmutableList<RewardedCompletion>> scored = ImmutableList.builder();
    int row = 0;
    for (PromptGroup group : groups) {
      ImmutableList.Builder<RewardedCompletion> completions = ImmutableList.builder();
      for (int i = 0; i < group.completions().size(); i++, row++) {
        completions.add(
            new RewardedCompletion(
                i,
                group.completions().get(i),
                ImmutableDoubleArray.copyOf(logProbs.row(row)),
                ImmutableDoubleArray.copyOf(referenceLogProbs.row(row)),
                beta));
      }
      scored.add(completions.build());
    }
    return scored.build();
  }

  private void requireVocabulary(String name, TokenScorer scorer, PromptGroup group) {
    Optional<String> difference =
        scorer
            .vocabulary()
            .filter(own -> own != tokenizer)
            .flatMap(own -> Vocabulary.difference(own, tokenizer, group));
    Check.that(
        difference.isEmpty(),
        "the %s must read the token ids that the tokenizer makes, but %s",
        name,
        difference.orElse(""));
  }

  /** Scorers are the caller's, and a NaN would sort a candidate anywhere. */
  private static TokenValues checked(String name, TokenValues values, List<PromptGroup> groups) {
    List<ImmutableIntArray> completions =
        groups.stream().flatMap(group -> group.completions().stream()).toList();
    Check.that(
        values.rows() == completions.size(),
        "the %s gave %d rows for %d completions: they must be equal",
        name,
        values.rows(),
        completions.size());
    for (int row = 0; row < values.rows(); row++) {
      Check.that(
          values.length(row) == completions.get(row).length(),
          "the %s gave %d values for a completion of %d tokens: they must be equal",
          name,
          values.length(row),
          completions.get(row).length());
      Check.finite("log-probability of completion " + row + " under the " + name, values.sum(row));
    }
    return values;
  }

  /**
   * The probability that one completion is preferred to another, by {@link BradleyTerry}.
   *
   * @param prompt plain text or a chat
   * @param first a completion
   * @param second another
   * @return σ(r̂₁ − r̂₂), in [0, 1]; ½ where policy and reference are equal
   * @throws IllegalArgumentException if a text can't be rendered or tokenized
   */
  public double preference(Text prompt, Text first, Text second) {
    List<RewardedCompletion> both = score(prompt, ImmutableList.of(first, second));
    return BradleyTerry.probability(both.get(0).reward(), both.get(1).reward());
  }

  /**
   * Completions from the best to the worst.
   *
   * @param prompt plain text or a chat
   * @param completions at least one
   * @return all of them, {@code index} says which is which; equals in the order given
   * @throws IllegalArgumentException if a text can't be rendered or tokenized
   */
  public ImmutableList<RewardedCompletion> rank(Text prompt, List<Text> completions) {
    return score(prompt, completions).stream()
        .sorted(Comparator.comparingDouble(RewardedCompletion::reward).reversed())
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * What each token adds to the reward.
   *
   * @param completion scored by this model
   * @return {@code [tokens]} with their texts, which joined are the completion's; rewards add up to
   *     its reward
   */
  public ImmutableList<Contribution> tokens(RewardedCompletion completion) {
    List<String> texts = TokenTexts.of(tokenizer, completion.tokenIds());
    ImmutableList.Builder<Contribution> tokens = ImmutableList.builder();
    for (int i = 0; i < texts.size(); i++) {
      tokens.add(new Contribution(texts.get(i), 1, completion.tokenReward(i)));
    }
    return tokens.build();
  }

  /**
   * What each word adds to the reward: tokens joined up to the next white space. A special token,
   * such as the one that ends the text, stands alone, without text.
   *
   * @param completion scored by this model
   * @return the words in order; rewards add up to its reward
   */
  public ImmutableList<Contribution> words(RewardedCompletion completion) {
    return TokenTexts.words(tokens(completion));
  }

  @Override
  public ImmutableDoubleArray of(Candidates candidates) {
    return ImmutableDoubleArray.copyOf(
        score(candidates.tokens(tokenizer)).stream().mapToDouble(RewardedCompletion::reward));
  }
}
