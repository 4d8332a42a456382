package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101, Algorithm 2):
 *
 * <pre>{@code
 * m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \quad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
 * \theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}
 * }</pre>
 *
 * @param learningRate η &gt; 0
 * @param beta1 β₁ in [0, 1); 0.9 by default
 * @param beta2 β₂ in [0, 1); 0.999 by default
 * @param epsilon ε &gt; 0; 1e-8 by default
 * @param weightDecay λ ≥ 0; 0 by default
 */
public record AdamW(
    double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
    implements OptimizerSpec {

  /** Checks the ranges. */
  public AdamW {
    Check.positive("learningRate", learningRate);
    Check.that(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), got %s", beta1);
    Check.that(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1), got %s", beta2);
    Check.positive("epsilon", epsilon);
    Check.nonNegative("weightDecay", weightDecay);
  }

  /**
   * AdamW with the usual constants.
   *
   * @param learningRate η &gt; 0
   * @return β₁ = 0.9, β₂ = 0.999, ε = 1e-8, no weight decay
   */
  public static AdamW learningRate(double learningRate) {
    return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.0);
  }

  /**
   * With other decay rates of the moments.
   *
   * @param newBeta1 in [0, 1)
   * @param newBeta2 in [0, 1)
   * @return the changed specification
   */
  public AdamW betas(double newBeta1, double newBeta2) {
    return new AdamW(learningRate, newBeta1, newBeta2, epsilon, weightDecay);
  }

  /**
   * With another ε.
   *
   * @param newEpsilon &gt; 0
   * @return the changed specification
   */
  public AdamW epsilon(double newEpsilon) {
    return new AdamW(learningRate, beta1, beta2, newEpsilon, weightDecay);
  }

  /**
   * With decoupled weight decay.
   *
   * @param newWeightDecay ≥ 0
   * @return the changed specification
   */
  public AdamW weightDecay(double newWeightDecay) {
    return new AdamW(learningRate, beta1, beta2, epsilon, newWeightDecay);
  }
}
