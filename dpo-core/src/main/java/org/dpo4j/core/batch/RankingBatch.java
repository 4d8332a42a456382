package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.IntStream;
import org.dpo4j.core.math.Check;

/**
 * Rankings of K completions of one prompt each, best first.
 *
 * @param rankings one element a ranking
 * @param totals what means are taken over
 */
public record RankingBatch(ImmutableList<Ranking> rankings, Totals totals) {

  /**
   * One ranking.
   *
   * @param policy {@code [K][tokens]} log-probabilities under the policy, best completion first
   * @param reference the same under the reference
   * @param weight multiplies the ranking's loss, ≥ 0
   */
  public record Ranking(TokenValues policy, TokenValues reference, double weight) {

    /** Checks shapes and values. */
    public Ranking {
      Check.that(
          policy.rows() >= 2, "a ranking must have at least 2 completions, got %d", policy.rows());
      policy.requireLogProbs("policy log-prob");
      policy.requireSameShape("policy log-probs", reference, "reference log-probs");
      reference.requireLogProbs("reference log-prob");
      Check.nonNegative("weight", weight);
    }

    /**
     * {@code log π_θ(y_k|x) / π_ref(y_k|x)} of each completion.
     *
     * @return {@code [K]} log-ratios in nats, best completion first
     */
    public double[] logRatios() {
      return IntStream.range(0, policy.rows())
          .mapToDouble(row -> policy.sum(row) - reference.sum(row))
          .toArray();
    }
  }

  /** Checks that there is something to rank. */
  public RankingBatch {
    Check.that(!rankings.isEmpty(), "rankings must have at least one element, got none");
  }

  /**
   * A whole batch of rankings.
   *
   * @param rankings at least one
   * @return the batch, its means taken over itself
   */
  public static RankingBatch of(List<Ranking> rankings) {
    Check.that(!rankings.isEmpty(), "rankings must have at least one element, got none");
    return new RankingBatch(ImmutableList.copyOf(rankings), ownTotals(rankings));
  }

  /**
   * This batch as a part of a larger one: means are taken over the larger one's totals.
   *
   * @param newTotals the totals of all parts together, this one among them
   * @return the changed batch
   * @throws IllegalArgumentException if they are less than the batch's own
   */
  public RankingBatch within(Totals newTotals) {
    return new RankingBatch(rankings, newTotals.covering(ownTotals(rankings)));
  }

  private static Totals ownTotals(List<Ranking> rankings) {
    long tokens = rankings.stream().mapToLong(ranking -> ranking.policy().length(0)).sum();
    return new Totals(rankings.size(), tokens);
  }
}
