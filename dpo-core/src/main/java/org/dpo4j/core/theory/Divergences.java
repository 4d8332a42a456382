package org.dpo4j.core.theory;

import org.dpo4j.core.math.LogSpace;

/**
 * Exact divergences between two distributions over a set that can be listed.
 *
 * <p>The field's names, seen from the policy: <em>reverse</em> KL is KL(π‖π_ref), the one RLHF and
 * DPO constrain; <em>forward</em> KL is KL(π_ref‖π).
 */
public final class Divergences {

  private Divergences() {}

  /**
   * The Kullback–Leibler divergence
   *
   * <pre>{@code KL(p \,\|\, q) = \sum_y p(y) \log \frac{p(y)}{q(y)}}</pre>
   *
   * @param logP {@code [outcomes]} log p; −∞ is allowed
   * @param logQ {@code [outcomes]} log q
   * @return ≥ 0 in nats; +∞ where q is 0 and p is not
   * @throws IllegalArgumentException if sizes differ or either doesn't sum to 1
   */
  public static double kl(double[] logP, double[] logQ) {
    ClosedFormOptimum.requireDistribution("logP", logP);
    ClosedFormOptimum.requireDistribution("logQ", logQ);
    ClosedFormOptimum.requireSameLength("logP", logP, "logQ", logQ);
    double kl = 0.0;
    for (int y = 0; y < logP.length; y++) {
      if (logP[y] > Double.NEGATIVE_INFINITY) {
        kl += Math.exp(logP[y]) * (logP[y] - logQ[y]);
      }
    }
    return Math.max(0.0, kl);
  }

  /**
   * {@code KL(π‖π_ref)}, the divergence the RLHF objective constrains.
   *
   * @param logPolicy {@code [outcomes]} log π
   * @param logReference {@code [outcomes]} log π_ref
   * @return ≥ 0 in nats
   */
  public static double reverseKl(double[] logPolicy, double[] logReference) {
    return kl(logPolicy, logReference);
  }

  /**
   * {@code KL(π_ref‖π)}.
   *
   * @param logPolicy {@code [outcomes]} log π
   * @param logReference {@code [outcomes]} log π_ref
   * @return ≥ 0 in nats
   */
  public static double forwardKl(double[] logPolicy, double[] logReference) {
    return kl(logReference, logPolicy);
  }

  /**
   * The Jensen–Shannon divergence
   *
   * <pre>
   * {@code JS(p, q) = \tfrac12 KL(p \,\|\, m) + \tfrac12 KL(q \,\|\, m), \quad m = \tfrac12 (p + q)}
   * </pre>
   *
   * @param logP {@code [outcomes]} log p
   * @param logQ {@code [outcomes]} log q
   * @return in [0, ln 2]
   */
  public static double jensenShannon(double[] logP, double[] logQ) {
    ClosedFormOptimum.requireSameLength("logP", logP, "logQ", logQ);
    double[] logM = new double[logP.length];
    for (int y = 0; y < logM.length; y++) {
      logM[y] = LogSpace.logSumExp(logP[y], logQ[y]) - Math.log(2.0);
    }
    return Math.min(Math.log(2.0), 0.5 * (kl(logP, logM) + kl(logQ, logM)));
  }
}
