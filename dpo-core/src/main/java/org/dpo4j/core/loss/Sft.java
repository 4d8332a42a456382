package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.PairBatch;

/**
 * Supervised fine-tuning on the chosen completions: their mean negative log-likelihood <em>per
 * token of the batch</em>, so a long completion counts for more than a short one. β, margins and
 * label noise are not used.
 *
 * <pre>{@code
 * \mathcal{L}_{SFT} = -\frac{1}{\sum_i |y_w^{(i)}|} \sum_i \sum_t \log \pi(y_{w,t}^{(i)} \mid x^{(i)}, y_{w,<t}^{(i)})
 * }</pre>
 */
public record Sft() implements PairObjective {

  @Override
  public String name() {
    return "sft";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE;
  }

  @Override
  public OptionalDouble usualBeta() {
    return OptionalDouble.empty();
  }

  @Override
  public LossGradient differentiate(PairBatch batch, double beta) {
    double[] gradient = new double[2 * batch.size()];
    double loss = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      double share = batch.labels().get(i).weight() / batch.totals().targetTokens();
      loss -= share * batch.pair(i).chosen().logProb();
      gradient[2 * i] = -share;
    }
    return new LossGradient(loss, batch.spread(gradient));
  }
}
