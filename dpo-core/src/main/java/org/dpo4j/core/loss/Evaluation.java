package org.dpo4j.core.loss;

import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.TokenValues;

/**
 * What an objective returns.
 *
 * @param loss the loss; a mean over examples (for SFT over tokens), or this part's share of it
 *     where the batch is a part of a larger one
 * @param gradient {@code [completions][tokens]}, ∂loss/∂log π(y_t|x, y_&lt;t), in the batch's row
 *     order
 * @param metrics means over the batch's examples; the loss is not among them
 */
public record Evaluation(double loss, TokenValues gradient, Metrics metrics) {}
