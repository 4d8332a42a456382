package org.dpo4j.core.backend;

import java.util.List;

/**
 * A reward model being trained: what a {@link Policy} is, with one number a completion in place of
 * log-probabilities. Training belongs to one thread at a time.
 */
public interface TrainableRewardScorer extends RewardScorer {

  /**
   * Text to the ids this model was made for.
   *
   * @return the tokenizer
   */
  Tokenizer tokenizer();

  /**
   * Scores completions in training mode and keeps what {@link RewardPass#backward} needs.
   *
   * @param groups prompts with their completions, at least one
   * @return the pass, to be closed by the caller
   */
  RewardPass forward(List<PromptGroup> groups);

  /**
   * Makes an optimizer of the trainable parameters, its moments at zero. There is one set of
   * accumulated gradients, so one optimizer is used at a time; making one discards them.
   *
   * @param spec which one
   * @return the optimizer, to be closed by the caller
   */
  Optimizer optimizer(OptimizerSpec spec);
}
