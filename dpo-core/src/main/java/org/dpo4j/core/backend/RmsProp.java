package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * RMSprop (Tieleman and Hinton 2012; the DPO paper's optimizer):
 *
 * <pre>{@code
 * v_t = \alpha v_{t-1} + (1 - \alpha) g_t^2, \quad \theta_t = \theta_{t-1} - \eta \frac{g_t}{\sqrt{v_t} + \epsilon}
 * }</pre>
 *
 * @param learningRate η &gt; 0
 * @param alpha α in [0, 1); 0.99 by default
 * @param epsilon ε &gt; 0; 1e-8 by default
 */
public record RmsProp(double learningRate, double alpha, double epsilon) implements OptimizerSpec {

  /** Checks the ranges. */
  public RmsProp {
    Check.positive("learningRate", learningRate);
    Check.that(alpha >= 0 && alpha < 1, "alpha must be in [0, 1), got %s", alpha);
    Check.positive("epsilon", epsilon);
  }

  /**
   * RMSprop with the usual constants.
   *
   * @param learningRate η &gt; 0; 1e-6 in the DPO paper
   * @return α = 0.99, ε = 1e-8
   */
  public static RmsProp learningRate(double learningRate) {
    return new RmsProp(learningRate, 0.99, 1e-8);
  }
}
