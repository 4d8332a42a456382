package org.dpo4j.core.backend;

import org.dpo4j.core.batch.TokenValues;

/**
 * The scores of a micro-batch, and what is needed to push a gradient with respect to them into the
 * parameters. Closed after use.
 */
public interface ForwardPass extends AutoCloseable {

  /**
   * The scores under the policy being trained.
   *
   * @return one row a completion, groups in order
   */
  TokenScores scores();

  /**
   * Adds {@code Σ gradient · ∂log π/∂θ} to the accumulated gradient of every trainable parameter.
   *
   * @param gradient {@code [completions][tokens]}, ∂loss/∂log π(y_t|x, y_&lt;t), shaped like the
   *     scores
   * @throws IllegalArgumentException if the shape differs
   * @throws IllegalStateException if called twice, or after the parameters changed or the pass was
   *     closed
   */
  void backward(TokenValues gradient);

  @Override
  void close();
}
