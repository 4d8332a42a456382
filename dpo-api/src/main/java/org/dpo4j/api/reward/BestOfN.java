package org.dpo4j.api.reward;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * Answers with the best of several: draws N candidates and ranks them by a {@link Reward}.
 *
 * <pre>{@code
 * BestOfN best = BestOfN.of(policy.generator().candidates(Sampling.defaults()), rewards, 8);
 * best.choose(Text.of("How do I boil an egg?"), 42).best().text();
 * }</pre>
 *
 * <p>Holds nothing; concurrent calls are safe if source and reward are.
 *
 * @param source what draws candidates
 * @param reward what ranks them
 * @param n how many are drawn, ≥ 1
 */
public record BestOfN(CandidateSource source, Reward reward, int n) {

  /** Checks N. */
  public BestOfN {
    Check.atLeastOne("n", n);
  }

  /**
   * Answers with the best of N.
   *
   * @param source what draws candidates
   * @param reward what ranks them
   * @param n how many are drawn, ≥ 1
   * @return best-of-N
   */
  public static BestOfN of(CandidateSource source, Reward reward, int n) {
    return new BestOfN(source, reward, n);
  }

  /**
   * Draws candidates and ranks them.
   *
   * @param prompt plain text or a chat
   * @param seed of the draws; the same seed gives the same candidates, and those of a smaller N are
   *     the first of those of a larger one
   * @return all of them, the best first
   * @throws IllegalArgumentException if the prompt can't be answered
   * @throws IllegalStateException if the reward gives another number of values, or one that is not
   *     finite
   */
  public Choice choose(Text prompt, long seed) {
    long begin = System.nanoTime();
    Candidates drawn = source.draw(prompt, n, seed);
    Duration drawing = Duration.ofNanos(System.nanoTime() - begin);
    Choice choice = rank(drawn, reward);
    return new Choice(drawn, choice.ranked(), drawing, choice.ranking());
  }

  /**
   * Ranks candidates that are there already.
   *
   * @param candidates at least one
   * @param reward what ranks them
   * @return all of them, the best first
   * @throws IllegalStateException if the reward gives another number of values, or one that is not
   *     finite
   */
  public static Choice rank(Candidates candidates, Reward reward) {
    long begin = System.nanoTime();
    ImmutableDoubleArray rewards = reward.of(candidates);
    Duration ranking = Duration.ofNanos(System.nanoTime() - begin);
    require(candidates, rewards);
    ImmutableList<RankedCandidate> ranked =
        IntStream.range(0, rewards.length())
            .mapToObj(
                i ->
                    new RankedCandidate(
                        i,
                        candidates.texts().get(i),
                        candidates.tokens().map(group -> tokens(group, i)).orElse(0),
                        rewards.get(i)))
            .sorted(Comparator.comparingDouble(RankedCandidate::reward).reversed())
            .collect(ImmutableList.toImmutableList());
    return new Choice(candidates, ranked, Duration.ZERO, ranking);
  }

  private static int tokens(PromptGroup group, int index) {
    return group.completions().get(index).length();
  }

  private static void require(Candidates candidates, ImmutableDoubleArray rewards) {
    if (rewards.length() != candidates.texts().size()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the reward gave %d values for %d candidates: they must be equally many",
              rewards.length(),
              candidates.texts().size()));
    }
    for (int i = 0; i < rewards.length(); i++) {
      if (!Double.isFinite(rewards.get(i))) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "the reward of candidate %d must be a finite number, got %s",
                i,
                rewards.get(i)));
      }
    }
  }
}
