package org.dpo4j.core.backend;

/**
 * Updates a policy's trainable parameters from their accumulated gradients. Owns its moments;
 * closed after use.
 */
public interface Optimizer extends AutoCloseable {

  /**
   * The norm of the accumulated gradient over all trainable parameters together.
   *
   * @return √Σ g², ≥ 0; NaN or infinite if a gradient is
   */
  double gradientNorm();

  /**
   * One step, after which the accumulated gradients are zero. If it throws, parameters may be
   * partly updated.
   *
   * @param learningRate η ≥ 0, in place of the specification's
   * @param gradientScale multiplies the gradients first: 1, or less to clip their norm
   */
  void step(double learningRate, double gradientScale);

  /** Sets the accumulated gradients to zero; parameters and moments stay. */
  void discardGradients();

  @Override
  void close();
}
