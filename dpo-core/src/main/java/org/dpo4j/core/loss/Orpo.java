package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.ScoredCompletion;
import org.dpo4j.core.math.LogSpace;

/**
 * Odds Ratio Preference Optimization (Hong et al. 2024, arXiv 2403.07691, Eq. 6 and 7, whose λ is
 * our β): the chosen completion's mean negative log-likelihood (TRL: mean over the batch's tokens)
 * plus a penalty on the ratio of odds.
 *
 * <pre>{@code
 * \mathcal{L} = -x_w - \beta \log \sigma(z), \quad z = \log \frac{p_w}{1 - p_w} - \log \frac{p_l}{1 - p_l}, \quad
 * x = \frac{\log \pi(y \mid x)}{|y|},\ p = e^{x}
 * \frac{\partial}{\partial x} \log \frac{p}{1 - p} = \frac{1}{1 - p}
 * }</pre>
 *
 * <p>The odds are infinite where p = 1; x is clamped to at most −10⁻¹², the odds to 10¹². The
 * gradient is that at the clamp, up to 10¹²·β.
 */
public record Orpo() implements PairLoss {

  private static final double MAX_MEAN_LOG_PROB = -1e-12;

  @Override
  public String name() {
    return "orpo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE.perToken();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double xw = clampedMean(pair.chosen());
    double xl = clampedMean(pair.rejected());
    double logOddsW = xw - LogSpace.log1mExp(xw);
    double logOddsL = xl - LogSpace.log1mExp(xl);
    double z = logOddsW - logOddsL;
    double slope = beta * LogSpace.sigmoid(-z);
    double slopeW = -1.0 + slope / Math.expm1(xw);
    double slopeL = -slope / Math.expm1(xl);
    return new PairTerm(
        -pair.chosen().meanLogProb() - beta * LogSpace.logSigmoid(z),
        slopeW / pair.chosen().tokens(),
        slopeL / pair.rejected().tokens());
  }

  private static double clampedMean(ScoredCompletion completion) {
    return Math.min(completion.meanLogProb(), MAX_MEAN_LOG_PROB);
  }
}
