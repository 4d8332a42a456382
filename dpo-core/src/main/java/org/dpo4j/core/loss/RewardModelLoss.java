package org.dpo4j.core.loss;

import com.google.common.primitives.ImmutableDoubleArray;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The loss of a scalar reward model: the negative log-likelihood under Bradley–Terry with a margin
 * (Ouyang et al. 2022; Touvron et al. 2023, Llama 2, Eq. 2) and a term that keeps rewards centred
 * at zero (Eisenstein et al. 2023, arXiv 2312.09244, Eq. 2).
 *
 * <pre>{@code
 * \mathcal{L} = -(1 - \epsilon) \log \sigma(z) - \epsilon \log \sigma(-z) + c\, (r_w + r_l)^2, \quad z = r_w - r_l - m
 * \frac{\partial \mathcal{L}}{\partial r_w} = s + 2 c\, (r_w + r_l), \quad
 * \frac{\partial \mathcal{L}}{\partial r_l} = -s + 2 c\, (r_w + r_l), \quad
 * s = -(1 - \epsilon)\, \sigma(-z) + \epsilon\, \sigma(z)
 * }</pre>
 *
 * <p>ε is the pair's own label noise, 0 where it is not known.
 *
 * @param centering c ≥ 0; 0.01 is advised, 0 leaves the rewards' origin free
 */
public record RewardModelLoss(double centering) {

  /**
   * What the loss returns.
   *
   * @param loss the mean over {@code batch.totals()}
   * @param chosen {@code [pairs]} ∂loss/∂r_w
   * @param rejected {@code [pairs]} ∂loss/∂r_l
   * @param metrics {@code rewards/{chosen,rejected,accuracies,margins}}
   */
  public record Result(
      double loss, ImmutableDoubleArray chosen, ImmutableDoubleArray rejected, Metrics metrics) {}

  /** Checks c. */
  public RewardModelLoss {
    Check.nonNegative("centering", centering);
  }

  /**
   * Evaluates the loss.
   *
   * @param batch rewards of pairs; labels' margins, noise and weights are used
   * @return the loss, its gradient with respect to every reward, and metrics
   */
  public Result evaluate(RewardBatch batch) {
    double[] slopesW = new double[batch.size()];
    double[] slopesL = new double[batch.size()];
    double loss = 0, sumW = 0, sumL = 0, agreed = 0;
    for (int i = 0; i < batch.size(); i++) {
      PairLabel label = batch.labels().get(i);
      double share = label.weight() / batch.totals().examples();
      double rw = batch.chosen().get(i);
      double rl = batch.rejected().get(i);
      double z = rw - rl - label.margin();
      double offCentre = rw + rl;
      double noise = label.noise().orElse(0.0);
      double slope = noise * LogSpace.sigmoid(z) - (1.0 - noise) * LogSpace.sigmoid(-z);
      double ranking = -(1.0 - noise) * LogSpace.logSigmoid(z) - noise * LogSpace.logSigmoid(-z);
      loss += share * (ranking + centering * offCentre * offCentre);
      slopesW[i] = share * (slope + 2.0 * centering * offCentre);
      slopesL[i] = share * (-slope + 2.0 * centering * offCentre);
      sumW += rw;
      sumL += rl;
      agreed += rw > rl ? 1 : 0;
    }
    return new Result(
        loss,
        ImmutableDoubleArray.copyOf(slopesW),
        ImmutableDoubleArray.copyOf(slopesL),
        metrics(batch.size(), sumW, sumL, agreed));
  }

  /** Means over {@code n} pairs. */
  static Metrics metrics(int n, double sumW, double sumL, double agreed) {
    return Metrics.NONE
        .with("rewards/chosen", sumW, n)
        .with("rewards/rejected", sumL, n)
        .with("rewards/accuracies", agreed, n)
        .with("rewards/margins", sumW - sumL, n);
  }
}
