package org.dpo4j.core.theory;

import org.dpo4j.core.math.LogSpace;

/**
 * The Bradley–Terry model of a comparison (Bradley and Terry 1952; Rafailov et al. 2023, Eq. 1):
 *
 * <pre>
 * {@code p^*(y_1 \succ y_2 \mid x) = \frac{\exp r(x, y_1)}{\exp r(x, y_1) + \exp r(x, y_2)} = \sigma(r_1 - r_2)}
 * </pre>
 */
public final class BradleyTerry {

  private BradleyTerry() {}

  /**
   * The probability that the first completion is preferred.
   *
   * @param r1 its reward
   * @param r2 the other's reward
   * @return in [0, 1]
   */
  public static double probability(double r1, double r2) {
    return LogSpace.sigmoid(r1 - r2);
  }

  /**
   * The log of {@link #probability}.
   *
   * @param r1 the first completion's reward
   * @param r2 the other's reward
   * @return ≤ 0
   */
  public static double logProbability(double r1, double r2) {
    return LogSpace.logSigmoid(r1 - r2);
  }
}
