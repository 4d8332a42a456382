package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.theory.ImplicitReward;
import org.dpo4j.core.theory.KlEstimator;

/**
 * What is worth watching about a batch of pairs, whatever the loss: means over pairs, under the
 * names dashboards know.
 *
 * <ul>
 *   <li>{@code rewards/chosen}, {@code rewards/rejected}: implicit rewards, β·log-ratio (β·log-prob
 *       without a reference); for losses that compare means over tokens (SimPO, SimPER, ORPO), the
 *       mean over tokens
 *   <li>{@code rewards/accuracies}: share of pairs with a strictly positive margin; 0 where policy
 *       = reference
 *   <li>{@code rewards/margins}: mean of r̂_w − r̂_l
 *   <li>{@code logps/chosen}, {@code logps/rejected}: log-probability of a whole completion, nats
 *   <li>{@code gradient_weight}: mean σ(r̂_l − r̂_w), how strongly DPO still pulls
 *   <li>{@code logratios/chosen}, {@code logratios/rejected}, {@code logratios/gap}: log π/π_ref
 *       and its difference (with a reference)
 *   <li>{@code reference_accuracies}: share of pairs whose chosen completion the reference finds
 *       more likely per token than the rejected one (with a reference)
 *   <li>{@code kl/chosen}, {@code kl/rejected}: Σ_t k3 of the token log-ratios; ≥ 0, a measure of
 *       drift on these completions (with a reference)
 * </ul>
 */
final class PairMetrics {

  private PairMetrics() {}

  static Metrics of(PairBatch batch, double beta, boolean perTokenRewards) {
    ImplicitReward reward = new ImplicitReward(beta);
    double rewardW = 0,
        rewardL = 0,
        agreed = 0,
        logpW = 0,
        logpL = 0,
        weight = 0,
        ratioW = 0,
        ratioL = 0,
        satisfied = 0;
    for (int i = 0; i < batch.size(); i++) {
      Pair pair = batch.pair(i);
      Pair rewarded = perTokenRewards ? pair.perToken() : pair;
      rewardW += reward.of(rewarded.chosen());
      rewardL += reward.of(rewarded.rejected());
      agreed += reward.agrees(rewarded) ? 1 : 0;
      logpW += pair.chosen().logProb();
      logpL += pair.rejected().logProb();
      weight += reward.gradientWeight(rewarded);
      ratioW += pair.chosen().logRatio();
      satisfied += isSatisfied(pair.perToken()) ? 1 : 0;
      ratioL += pair.rejected().logRatio();
    }
    int n = batch.size();
    Metrics metrics =
        Metrics.NONE
            .with("rewards/chosen", rewardW, n)
            .with("rewards/rejected", rewardL, n)
            .with("rewards/accuracies", agreed, n)
            .with("rewards/margins", rewardW - rewardL, n)
            .with("logps/chosen", logpW, n)
            .with("logps/rejected", logpL, n)
            .with("gradient_weight", weight, n);
    return batch.hasReference()
        ? metrics
            .with("logratios/chosen", ratioW, n)
            .with("logratios/rejected", ratioL, n)
            .with("logratios/gap", ratioW - ratioL, n)
            .with("reference_accuracies", satisfied, n)
            .with("kl/chosen", drift(batch, 0), n)
            .with("kl/rejected", drift(batch, 1), n)
        : metrics;
  }

  private static boolean isSatisfied(Pair perToken) {
    return perToken.chosen().referenceLogProb() > perToken.rejected().referenceLogProb();
  }

  /** Σ over the pairs' chosen (side 0) or rejected (side 1) completions of Σ_t k3(u_t). */
  private static double drift(PairBatch batch, int side) {
    TokenValues policy = batch.policy();
    TokenValues reference = batch.reference();
    double sum = 0.0;
    for (int row = side; row < policy.rows(); row += 2) {
      for (int token = 0; token < policy.length(row); token++) {
        sum += KlEstimator.K3.of(policy.get(row, token) - reference.get(row, token));
      }
    }
    return sum;
  }
}
