package org.dpo4j.core.loss;

import java.util.Set;
import org.dpo4j.core.batch.TokenStatistic;

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
   * Whether batches must carry reference log-probabilities.
   *
   * @return true unless the method is reference-free
   */
  default boolean needsReference() {
    return true;
  }

  /**
   * What a backend must measure beside log-probabilities.
   *
   * @return empty for most methods
   */
  default Set<TokenStatistic> statistics() {
    return Set.of();
  }

  /**
   * Whether the loss of one example depends on the others in its batch. If so, splitting a batch
   * for gradient accumulation changes the result; for all others it does not.
   *
   * @return false for most methods
   */
  default boolean couplesBatch() {
    return false;
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
