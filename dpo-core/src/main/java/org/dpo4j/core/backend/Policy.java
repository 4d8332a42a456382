package org.dpo4j.core.backend;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.core.batch.TokenStatistic;

/**
 * A language model with trainable parameters: the port between the training loop and a backend.
 *
 * <p>One that is {@link Resumable} too can be trained in a run with checkpoints.
 *
 * <p>Scoring is safe from several threads while this isn't trained; training belongs to one thread
 * at a time.
 */
public interface Policy extends TokenScorer {

  /**
   * Text to the ids this policy was made for.
   *
   * @return the tokenizer
   */
  Tokenizer tokenizer();

  @Override
  default Optional<Tokenizer> vocabulary() {
    return Optional.of(tokenizer());
  }

  /**
   * Scores completions in training mode and keeps what {@link ForwardPass#backward} needs.
   *
   * @param groups a micro-batch of prompts with their completions
   * @param statistics what else to measure; often nothing
   * @return the pass, to be closed by the caller
   */
  ForwardPass forward(List<PromptGroup> groups, Set<TokenStatistic> statistics);

  /**
   * Whether training drops some of what it computes with by chance, so that {@link #forward} gives
   * other scores than {@link #score}. Scoring never does.
   *
   * @return false by default
   */
  default boolean hasDropout() {
    return false;
  }

  /**
   * What training changes: trainers choose the learning rate by it where none is given.
   *
   * @return weights of a network of unknown size by default
   */
  default TrainedPart trainedPart() {
    return new TrainedPart(TrainedPart.Kind.WEIGHTS, 0);
  }

  /**
   * Makes an optimizer of this policy's trainable parameters, its moments at zero. A policy has one
   * set of accumulated gradients, so one optimizer is used at a time; making one discards them.
   *
   * @param spec which one
   * @return the optimizer, to be closed by the caller
   */
  Optimizer optimizer(OptimizerSpec spec);

  /**
   * Copies the policy as it is now.
   *
   * @return a scorer that training does not change, to be closed by the caller
   */
  MovableCopy frozenCopy();

  /**
   * The base model under this policy's adapter, sharing its weights: a view that owns nothing, so
   * that closing it has no effect.
   *
   * @return empty if the policy trains its own weights and has no adapter to switch off
   */
  default Optional<TokenScorer> adapterOff() {
    return Optional.empty();
  }

  /**
   * Another, frozen adapter on the same base, sharing its weights: an SFT adapter, say, to be the
   * reference. A view that owns nothing, so that closing it has no effect.
   *
   * @param name the name under which the backend loaded or kept it
   * @return empty if there is none of that name
   */
  default Optional<TokenScorer> adapter(String name) {
    return Optional.empty();
  }

  /**
   * Says what the policy is, for reports and model cards; nothing depends on it.
   *
   * @return values by name, in the order to show them: {@code base} is where the model trained from
   *     is, {@code adapter} describes the adapter that is trained, if there is one. Empty by
   *     default
   */
  default ImmutableMap<String, String> description() {
    return ImmutableMap.of();
  }
}
