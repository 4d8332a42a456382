package org.dpo4j.core.loss;

import com.google.common.primitives.ImmutableDoubleArray;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.math.Check;

/**
 * The loss of a scalar reward model that is to give the rewards of another one, its teacher: the
 * mean squared error over completions (knowledge distillation by regression, Ba and Caruana 2014,
 * arXiv 1312.6184, Eq. 1).
 *
 * <pre>{@code
 * \mathcal{L} = \frac{1}{2} \left( (r_w - t_w)^2 + (r_l - t_l)^2 \right), \quad
 * \frac{\partial \mathcal{L}}{\partial r} = r - t
 * }</pre>
 *
 * <p>Which completion was preferred, and by what margin, is the teacher's to say: of labels, only
 * weights are used.
 */
public record RewardRegressionLoss() {

  /**
   * Evaluates the loss.
   *
   * @param batch rewards of pairs, r
   * @param teacher what the teacher gives the same pairs, t
   * @return the loss, the mean over {@code batch.totals()}, its gradient with respect to every
   *     reward, and the metrics of {@link RewardModelLoss}
   */
  public RewardModelLoss.Result evaluate(RewardBatch batch, RewardBatch teacher) {
    Check.that(
        batch.size() == teacher.size(),
        "teacher must have rewards for as many pairs as the batch, %d, got %d",
        batch.size(),
        teacher.size());
    double[] slopesW = new double[batch.size()];
    double[] slopesL = new double[batch.size()];
    double loss = 0, sumW = 0, sumL = 0, agreed = 0;
    for (int i = 0; i < batch.size(); i++) {
      double share = batch.labels().get(i).weight() / batch.totals().examples();
      double rw = batch.chosen().get(i);
      double rl = batch.rejected().get(i);
      double errorW = rw - teacher.chosen().get(i);
      double errorL = rl - teacher.rejected().get(i);
      loss += share * (errorW * errorW + errorL * errorL) / 2.0;
      slopesW[i] = share * errorW;
      slopesL[i] = share * errorL;
      sumW += rw;
      sumL += rl;
      agreed += rw > rl ? 1 : 0;
    }
    return new RewardModelLoss.Result(
        loss,
        ImmutableDoubleArray.copyOf(slopesW),
        ImmutableDoubleArray.copyOf(slopesL),
        RewardModelLoss.metrics(batch.size(), sumW, sumL, agreed));
  }
}
