package org.dpo4j.core.theory;

import java.util.Arrays;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The Plackett–Luce model of a ranking (Plackett 1975, Luce 1959; Rafailov et al. 2023, Appendix
 * A.3, Eq. 18):
 *
 * <pre>
 * {@code p^*(\tau \mid y_1, \ldots, y_K, x) = \prod_{k=1}^{K} \frac{\exp r(x, y_{\tau(k)})}{\sum_{j=k}^{K} \exp r(x, y_{\tau(j)})}}
 * </pre>
 *
 * <p>With K = 2 it is {@link BradleyTerry}.
 */
public final class PlackettLuce {

  private PlackettLuce() {}

  /**
   * The log-probability of a ranking.
   *
   * @param rewards {@code [K]} rewards in the order of the ranking, best first, K ≥ 1
   * @return ≤ 0
   * @throws IllegalArgumentException if there are no rewards
   */
  public static double logProbability(double... rewards) {
    Check.that(rewards.length >= 1, "rewards must have at least one value, got none");
    double logProbability = 0.0;
    for (int k = 0; k < rewards.length; k++) {
      logProbability += rewards[k] - LogSpace.logSumExp(tail(rewards, k));
    }
    return Math.min(0.0, logProbability);
  }

  /**
   * The gradient of {@link #logProbability} with respect to each reward:
   *
   * <pre>
   * {@code \frac{\partial \log p}{\partial r_i} = 1 - \sum_{k \le i} \frac{\exp r_i}{\sum_{j \ge k} \exp r_j}}
   * </pre>
   *
   * @param rewards {@code [K]} rewards in the order of the ranking, best first
   * @return {@code [K]}; sums to zero
   */
  public static double[] gradient(double... rewards) {
    double[] gradient = new double[rewards.length];
    Arrays.fill(gradient, 1.0);
    for (int k = 0; k < rewards.length; k++) {
      double normalizer = LogSpace.logSumExp(tail(rewards, k));
      for (int i = k; i < rewards.length; i++) {
        gradient[i] -= Math.exp(rewards[i] - normalizer);
      }
    }
    return gradient;
  }

  private static double[] tail(double[] rewards, int from) {
    return Arrays.copyOfRange(rewards, from, rewards.length);
  }
}
