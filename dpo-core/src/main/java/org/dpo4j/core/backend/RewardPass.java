package org.dpo4j.core.backend;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * The rewards of a batch, and what is needed to push a gradient with respect to them into the
 * parameters. Closed after use.
 */
public interface RewardPass extends AutoCloseable {

  /**
   * The rewards under the model being trained.
   *
   * @return {@code [completions]}, groups in order
   */
  ImmutableDoubleArray rewards();

  /**
   * Adds {@code Σ gradient · ∂r/∂θ} to the accumulated gradient of every trainable parameter.
   *
   * @param gradient {@code [completions]}, ∂loss/∂r
   * @throws IllegalArgumentException if there are not as many numbers as rewards
   * @throws IllegalStateException if called twice, or after the parameters changed or the pass was
   *     closed
   */
  void backward(ImmutableDoubleArray gradient);

  @Override
  void close();
}
