package org.dpo4j.core.theory;

import com.google.common.primitives.ImmutableDoubleArray;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The solution of KL-constrained reward maximisation over a set of completions that can be listed
 * (Rafailov et al. 2023, Eq. 3 and 4):
 *
 * <pre>{@code
 * \max_\pi \; \mathbb{E}_{y \sim \pi}[r(x, y)] - \beta\, KL(\pi \,\|\, \pi_{ref})
 * \pi^*(y \mid x) = \frac{1}{Z(x)} \pi_{ref}(y \mid x) \exp\!\big(r(x, y) / \beta\big)
 * Z(x) = \sum_y \pi_{ref}(y \mid x) \exp\!\big(r(x, y) / \beta\big)
 * }</pre>
 *
 * @param logProbs {@code [completions]} log π*(y|x)
 * @param logPartition log Z(x)
 * @param beta β, &gt; 0
 */
public record ClosedFormOptimum(ImmutableDoubleArray logProbs, double logPartition, double beta) {

  /**
   * Solves the problem.
   *
   * @param referenceLogProbs {@code [completions]} log π_ref(y|x); their exponentials sum to 1
   * @param rewards {@code [completions]} r(x, y)
   * @param beta β, &gt; 0
   * @return the optimum
   * @throws IllegalArgumentException if sizes differ, a reward is not finite, the reference does
   *     not sum to 1, or β ≤ 0
   */
  public static ClosedFormOptimum of(double[] referenceLogProbs, double[] rewards, double beta) {
    Check.positive("beta", beta);
    requireDistribution("referenceLogProbs", referenceLogProbs);
    requireSameLength("referenceLogProbs", referenceLogProbs, "rewards", rewards);
    double[] unnormalized = new double[rewards.length];
    for (int y = 0; y < rewards.length; y++) {
      unnormalized[y] = referenceLogProbs[y] + Check.finite("reward", rewards[y]) / beta;
    }
    return new ClosedFormOptimum(
        ImmutableDoubleArray.copyOf(LogSpace.logSoftmax(unnormalized)),
        LogSpace.logSumExp(unnormalized),
        beta);
  }

  /**
   * The value of the objective at the optimum, which no policy exceeds: {@code β log Z(x)}.
   *
   * @return E_{π*}[r] − β KL(π*‖π_ref)
   */
  public double value() {
    return beta * logPartition;
  }

  /**
   * How far a policy is from the optimum: {@code KL(π‖π*)}. The objective's value at π is {@link
   * #value()} − β times this.
   *
   * @param policyLogProbs {@code [completions]} log π(y|x)
   * @return ≥ 0, in nats
   */
  public double divergenceOf(double... policyLogProbs) {
    return Divergences.kl(policyLogProbs, logProbs.toArray());
  }

  /**
   * The objective at any policy: {@code E_π[r] − β KL(π‖π_ref)} (Eq. 3).
   *
   * @param policyLogProbs {@code [completions]} log π(y|x)
   * @param referenceLogProbs {@code [completions]} log π_ref(y|x)
   * @param rewards {@code [completions]} r(x, y)
   * @param beta β, &gt; 0
   * @return the value
   */
  public static double objective(
      double[] policyLogProbs, double[] referenceLogProbs, double[] rewards, double beta) {
    Check.positive("beta", beta);
    requireSameLength("policyLogProbs", policyLogProbs, "rewards", rewards);
    double expectedReward = 0.0;
    for (int y = 0; y < rewards.length; y++) {
      expectedReward += Math.exp(policyLogProbs[y]) * rewards[y];
    }
    return expectedReward - beta * Divergences.kl(policyLogProbs, referenceLogProbs);
  }

  static void requireSameLength(String name, double[] values, String otherName, double[] others) {
    Check.that(
        values.length == others.length,
        "%s has %d values, %s has %d: they must be equal",
        name,
        values.length,
        otherName,
        others.length);
  }

  static void requireDistribution(String name, double[] logProbs) {
    Check.that(logProbs.length >= 1, "%s must have at least one value, got none", name);
    double total = Math.exp(LogSpace.logSumExp(logProbs));
    Check.that(
        Math.abs(total - 1.0) < 1e-6,
        "%s must be the logs of probabilities that sum to 1, got a sum of %s",
        name,
        total);
  }
}
