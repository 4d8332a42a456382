package org.dpo4j.core.loss;

import org.dpo4j.core.batch.TokenValues;

/**
 * A loss and its gradient.
 *
 * @param loss the loss
 * @param gradient {@code [completions][tokens]}, ∂loss/∂log π(y_t|x, y_&lt;t)
 */
public record LossGradient(double loss, TokenValues gradient) {}
