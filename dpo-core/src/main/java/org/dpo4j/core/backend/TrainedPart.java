package org.dpo4j.core.backend;

import org.dpo4j.core.math.Check;

/**
 * What training changes of a policy. The usual learning rate follows from it.
 *
 * @param kind adapter, weights or table
 * @param modelParameters how many numbers the whole model has, whether they are trained or not, ≥
 *     0; 0 if that isn't known
 */
public record TrainedPart(Kind kind, long modelParameters) {

  /** Kinds of what is trained. */
  public enum Kind {
    /** An adapter on frozen weights, such as LoRA's. */
    ADAPTER,
    /** The weights of a network themselves. */
    WEIGHTS,
    /** A table of logits, in which no number is shared between contexts. */
    TABLE
  }

  /** Checks the range. */
  public TrainedPart {
    Check.that(modelParameters >= 0, "modelParameters must be ≥ 0, got %d", modelParameters);
  }
}
