package org.dpo4j.core.backend;

/**
 * Which optimizer, and its constants. Update rules are PyTorch's, to the letter, so that runs can
 * be compared. {@code η} is the peak learning rate, which a schedule scales.
 */
public sealed interface OptimizerSpec permits AdamW, RmsProp, Sgd {

  /**
   * The peak learning rate.
   *
   * @return η &gt; 0
   */
  double learningRate();
}
