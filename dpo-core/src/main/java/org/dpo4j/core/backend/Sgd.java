package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * Stochastic gradient descent with momentum (as PyTorch's, without dampening):
 *
 * <pre>{@code
 * b_t = \mu\, b_{t-1} + g_t, \quad b_1 = g_1, \quad \theta_t = \theta_{t-1} - \eta\, b_t
 * }</pre>
 *
 * @param learningRate η &gt; 0
 * @param momentum μ in [0, 1); 0 by default
 */
public record Sgd(double learningRate, double momentum) implements OptimizerSpec {

  /** Checks the ranges. */
  public Sgd {
    Check.positive("learningRate", learningRate);
    Check.that(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), got %s", momentum);
  }

  /**
   * Plain gradient descent.
   *
   * @param learningRate η &gt; 0
   * @return no momentum
   */
  public static Sgd learningRate(double learningRate) {
    return new Sgd(learningRate, 0.0);
  }

  /**
   * With momentum.
   *
   * @param newMomentum in [0, 1)
   * @return the changed specification
   */
  public Sgd momentum(double newMomentum) {
    return new Sgd(learningRate, newMomentum);
  }
}
