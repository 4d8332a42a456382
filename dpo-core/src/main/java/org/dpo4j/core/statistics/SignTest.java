package org.dpo4j.core.statistics;

import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The exact two-sided sign test (Arbuthnott 1710; Dixon and Mood 1946, "The statistical sign test",
 * JASA 41): were both equally good, each comparison that is no tie would be a fair coin.
 *
 * <pre>{@code p = \min\Big(1,\ 2 \sum_{i \ge \max(w, l)} \binom{w + l}{i} 2^{-(w + l)}\Big)}</pre>
 */
public final class SignTest {

  private SignTest() {}

  /**
   * The probability of a result as uneven as this or more, if both were equally good.
   *
   * @param wins ≥ 0
   * @param losses ≥ 0; ties are left out
   * @return in (0, 1]; 1 if there is neither a win nor a loss
   */
  public static double pValue(int wins, int losses) {
    Check.that(wins >= 0 && losses >= 0, "wins and losses must be ≥ 0, got %d, %d", wins, losses);
    int n = Math.addExact(wins, losses);
    int most = Math.max(wins, losses);
    double[] terms = new double[n - most + 1];
    double logChoose = 0;
    // log C(n, i), from i = 0; the terms of i ≤ n − most are those of i ≥ most by symmetry.
    for (int i = 0; i < terms.length; i++) {
      terms[i] = logChoose - n * Math.log(2);
      logChoose += Math.log(n - i) - Math.log(i + 1.0);
    }
    return Math.min(1.0, 2 * Math.exp(LogSpace.logSumExp(terms)));
  }
}
