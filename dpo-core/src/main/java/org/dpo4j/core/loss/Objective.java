package org.dpo4j.core.loss;

import java.util.OptionalDouble;

/**
 * A function from a batch of log-probabilities to a loss and its gradient with respect to each of
 * them. This is all that a training method is; a backend only scores tokens and pushes the gradient
 * on into its parameters.
 *
 * @param <B> the kind of batch: {@code PairBatch}, {@code UnpairedBatch} or {@code RankingBatch}
 */
public interface Objective<B> {

  /**
   * The name in messages and on the command line.
   *
   * @return the field's name for the method, e.g. {@code dpo}
   */
  String name();

  /**
   * What the objective needs, and what of a label it honours.
   *
   * @return {@link Traits#REFERENCED} unless overridden
   */
  default Traits traits() {
    return Traits.REFERENCED;
  }

  /**
   * The β that the method is usually run with: what a trainer takes where none is given.
   *
   * @return 0.1 unless overridden; empty if β has no effect
   */
  default OptionalDouble usualBeta() {
    return OptionalDouble.of(0.1);
  }

  /**
   * Evaluates the loss.
   *
   * @param batch the examples
   * @param beta β, the strength of the KL constraint, &gt; 0; some reference-free methods give it
   *     another meaning or none, and say so
   * @return the loss, its gradient and the metrics
   * @throws IllegalArgumentException if β ≤ 0 or the batch lacks something the method needs
   */
  Evaluation evaluate(B batch, double beta);
}
