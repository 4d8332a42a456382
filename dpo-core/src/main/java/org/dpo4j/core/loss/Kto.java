package org.dpo4j.core.loss;

import org.dpo4j.core.batch.ScoredCompletion;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * Kahneman–Tversky Optimization (Ethayarajh et al. 2024, arXiv 2402.01306, Eq. 7 and 8): learns
 * from completions judged alone.
 *
 * <pre>{@code
 * \mathcal{L}_{desirable} = \lambda_D \big(1 - \sigma(\beta (a - z_0))\big), \quad
 * \mathcal{L}_{undesirable} = \lambda_U \big(1 - \sigma(\beta (z_0 - b))\big)
 * z_0 = \max\big(0, \widehat{KL}(\pi_\theta \,\|\, \pi_{ref})\big) \quad \text{without gradient}
 * \frac{\partial \mathcal{L}_{desirable}}{\partial a} = -\lambda_D\, \beta\, \sigma'(\beta (a - z_0)), \quad
 * \frac{\partial \mathcal{L}_{undesirable}}{\partial b} = \lambda_U\, \beta\, \sigma'(\beta (z_0 - b)), \quad \sigma' = \sigma (1 - \sigma)
 * }</pre>
 *
 * <p>The batch carries the estimate of the KL, which {@link #klEstimate} takes from mismatched
 * completions. Parts of a larger batch carry the estimate of the whole, so that they add up to it.
 *
 * @param desirableWeight λ_D ≥ 0; 1 by default
 * @param undesirableWeight λ_U ≥ 0; 1 by default. The paper advises λ_D·n_D / (λ_U·n_U) in [1, 3/2]
 */
public record Kto(double desirableWeight, double undesirableWeight) implements UnpairedObjective {

  /** Checks the weights. */
  public Kto {
    Check.nonNegative("desirableWeight", desirableWeight);
    Check.nonNegative("undesirableWeight", undesirableWeight);
  }

  @Override
  public String name() {
    return "kto";
  }

  @Override
  public boolean needsKlEstimate() {
    return true;
  }

  /**
   * Estimates KL(π_θ‖π_ref) from completions that answer another example's prompt, as the mean
   * log-ratio of a completion (Eq. 8). May come out negative; the loss clamps it at zero.
   *
   * @param policy {@code [completions][tokens]} log-probabilities of mismatched completions under
   *     the policy
   * @param reference the same under the reference
   * @return the estimate, in nats
   * @throws IllegalArgumentException if there are no completions or the numbers of completions
   *     differ
   */
  public static double klEstimate(TokenValues policy, TokenValues reference) {
    Check.that(
        policy.rows() >= 1 && policy.rows() == reference.rows(),
        "policy and reference must have equally many completions, at least one; got %d and %d",
        policy.rows(),
        reference.rows());
    double sum = 0.0;
    for (int row = 0; row < policy.rows(); row++) {
      sum += policy.sum(row) - reference.sum(row);
    }
    return sum / policy.rows();
  }

  @Override
  public CompletionTerm at(UnpairedBatch batch, int index, double beta) {
    double estimate =
        batch
            .klEstimate()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "loss 'kto' needs a KL estimate, and the batch has none; give it with withKlEstimate(…)"));
    double z0 = Math.max(0.0, estimate);
    ScoredCompletion completion = batch.completion(index);
    boolean desirable = batch.isDesirable(index);
    double sign = desirable ? 1.0 : -1.0;
    double lambda = desirable ? desirableWeight : undesirableWeight;
    double v = sign * beta * (completion.logRatio() - z0);
    return new CompletionTerm(
        lambda * LogSpace.sigmoid(-v),
        -sign * lambda * beta * LogSpace.sigmoid(v) * LogSpace.sigmoid(-v));
  }
}
