package org.dpo4j.core.loss;

import org.dpo4j.core.batch.CompletionBatch;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * Supervised fine-tuning: the mean negative log-likelihood <em>per token of the batch</em>, so a
 * long completion counts for more than a short one. {@link Sft} is the same on the chosen
 * completions of pairs.
 *
 * <pre>{@code
 * \mathcal{L} = -\frac{1}{\sum_i |y^{(i)}|} \sum_i w_i \sum_t \log \pi(y_t^{(i)} \mid x^{(i)}, y_{<t}^{(i)}), \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_t^{(i)} \mid \cdot)} = -\frac{w_i}{\sum_j |y^{(j)}|}
 * }</pre>
 *
 * <p>β is not used. Metrics: {@code logps/completion}, the mean log-probability of a completion,
 * nats.
 */
public record NegativeLogLikelihood() implements Objective<CompletionBatch> {

  @Override
  public String name() {
    return "sft";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE;
  }

  @Override
  public Evaluation evaluate(CompletionBatch batch, double beta) {
    Check.positive("beta", beta);
    TokenValues policy = batch.policy();
    double[] shares = new double[batch.size()];
    double loss = 0.0;
    double logProbs = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      shares[i] = batch.weights().get(i) / batch.totals().targetTokens();
      loss -= shares[i] * policy.sum(i);
      logProbs += policy.sum(i);
    }
    return new Evaluation(
        loss,
        policy.map((row, token) -> -shares[row]),
        Metrics.NONE.with("logps/completion", logProbs, batch.size()));
  }
}
