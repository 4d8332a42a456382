package org.dpo4j.api;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * Trains a policy to imitate examples: supervised fine-tuning, the step before preferences.
 *
 * <pre>{@code
 * SftTrainer.builder().policy(policy).epochs(3).build().train(examples);
 * policy.keepAdapter("sft");
 * DpoTrainer.builder().policy(policy).reference(Reference.adapter("sft")).build().train(pairs);
 * }</pre>
 *
 * <p>The loss is the mean negative log-likelihood over all tokens learnt in a step. What is trained
 * is the policy's to say: an adapter, or all of a model's weights.
 *
 * <p>A trainer is immutable and may train several times, one run at a time a policy; the policy
 * keeps what it learnt. The same seed, data and starting policy give the same run.
 */
public final class SftTrainer {

  private final Policy policy;
  private final SftLoss loss;
  private final TrainingSettings settings;

  private SftTrainer(Policy policy, SftLoss loss, TrainingSettings settings) {
    this.policy = policy;
    this.loss = loss;
    this.settings = settings;
  }

  /**
   * Starts a configuration.
   *
   * @return a builder with every default set but the policy
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Trains the policy. Blocks until the run ends.
   *
   * @param examples what to imitate, at least one; those without an id get their number. The list
   *     must not change meanwhile
   * @return what the run did
   * @throws IllegalArgumentException if the data or the run directory does not fit the
   *     configuration; nothing was trained
   * @throws IllegalStateException if another run is in the run directory; nothing was trained
   * @throws TrainingException if a step or an evaluation failed; its message says what the policy
   *     is like now
   * @throws java.io.UncheckedIOException if the run directory can't be written; what is in it stays
   *     of use
   */
  public TrainingReport train(List<SftExample> examples) {
    Check.that(!examples.isEmpty(), "examples must have at least one element, got none");
    return new TrainingRun(policy, settings, Examples.of(examples, loss)).run();
  }

  /**
   * Trains the policy to write what pairs prefer.
   *
   * @param pairs whose chosen completions to imitate, at least one pair
   * @return what the run did
   * @throws IllegalArgumentException if the data or the run directory does not fit the
   *     configuration; nothing was trained
   * @throws IllegalStateException if another run is in the run directory; nothing was trained
   * @throws TrainingException if a step or an evaluation failed; its message says what the policy
   *     is like now
   * @throws java.io.UncheckedIOException if the run directory can't be written; what is in it stays
   *     of use
   */
  public TrainingReport train(PreferenceDataset pairs) {
    Check.that(pairs.size() > 0, "pairs must have at least one element, got none");
    return train(SftExample.chosenOf(pairs));
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder {

    private @Nullable Policy policy;
    private SftLoss loss = SftLoss.COMPLETION_ONLY;
    private @Nullable List<SftExample> evaluation;
    private final LoopOptions loop = new LoopOptions(2e-5);

    private Builder() {}

    /**
     * The model to train. Required.
     *
     * @param newPolicy anything that implements the port; it stays the caller's to close
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder policy(Policy newPolicy) {
      this.policy = newPolicy;
      return this;
    }

    /**
     * Which tokens are learnt; those of the completion by default.
     *
     * @param newLoss whether the prompt is learnt too
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder loss(SftLoss newLoss) {
      this.loss = newLoss;
      return this;
    }

    /**
     * The optimizer; AdamW with a peak learning rate of 2e-5 and no weight decay by default.
     *
     * @param newOptimizer its constants
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder optimizer(OptimizerSpec newOptimizer) {
      loop.optimizer = newOptimizer;
      return this;
    }

    /**
     * How the learning rate changes; linear decay without warm-up by default.
     *
     * @param newSchedule the schedule
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder schedule(Schedule newSchedule) {
      loop.schedule = newSchedule;
      return this;
    }

    /**
     * Examples scored at a time, at most; 8 by default.
     *
     * @param newBatchSize ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder batchSize(int newBatchSize) {
      loop.batchSize = Check.atLeastOne("batchSize", newBatchSize);
      return this;
    }

    /**
     * Tokens scored at a time, at most: a bound on memory where lengths vary. The {@code batchSize
     * · accumulateOver} examples of a step are then sorted by length and cut into as many parts as
     * it takes, so that {@link #batchSize} may be large. The gradient stays the same, since the
     * mean is taken over all tokens of the step. Held-out examples are cut alike. Unbounded by
     * default.
     *
     * <p>An example can't be split, so {@link SftTrainer#train} counts the tokens of all examples
     * first and refuses one that is longer, before anything is trained.
     *
     * @param newMaxTokens ≥ 1; an example counts the tokens of prompt and completion
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxTokens(int newMaxTokens) {
      loop.maxTokens = Check.atLeastOne("maxTokens", newMaxTokens);
      return this;
    }

    /**
     * Batches whose gradients make one optimizer step; 1 by default. Batches of 1 accumulated over
     * 8 give the gradient of one batch of 8.
     *
     * @param newAccumulateOver ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder accumulateOver(int newAccumulateOver) {
      loop.accumulateOver = Check.atLeastOne("accumulateOver", newAccumulateOver);
      return this;
    }

    /**
     * Passes over the data; 1 by default.
     *
     * @param newEpochs ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder epochs(int newEpochs) {
      loop.epochs = Check.atLeastOne("epochs", newEpochs);
      return this;
    }

    /**
     * The greatest number of optimizer steps, whatever the epochs; unbounded by default.
     *
     * @param newMaxSteps ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxSteps(int newMaxSteps) {
      loop.maxSteps = Check.atLeastOne("maxSteps", newMaxSteps);
      return this;
    }

    /**
     * Whether each epoch takes the examples in an order of its own; true by default.
     *
     * @param newShuffle false to keep the data's order
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder shuffle(boolean newShuffle) {
      loop.shuffle = newShuffle;
      return this;
    }

    /**
     * Where all chance comes from; 42 by default.
     *
     * @param newSeed any number
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder seed(long newSeed) {
      loop.seed = newSeed;
      return this;
    }

    /**
     * The global norm gradients are clipped to; 1 by default.
     *
     * @param newMaxGradNorm &gt; 0; {@code Double.POSITIVE_INFINITY} turns clipping off
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxGradNorm(double newMaxGradNorm) {
      Check.that(newMaxGradNorm > 0, "maxGradNorm must be > 0, got %s", newMaxGradNorm);
      loop.maxGradNorm = newMaxGradNorm;
      return this;
    }

    /**
     * What to do with a step whose log-probabilities, loss or gradient are not finite; it ends the
     * run by default. An evaluation that is not finite always does.
     *
     * @param rule {@link NonFinite#STOP}, {@link NonFinite#SKIP}, or with a bound of your own
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder onNonFinite(NonFinite rule) {
      loop.nonFinite = rule;
      return this;
    }

    /**
     * Examples to evaluate on, not trained on. They are evaluated at the end of the run, and every
     * few steps if {@link #evaluateEvery} says so.
     *
     * @param heldOut at least one example
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(List<SftExample> heldOut) {
      Check.that(!heldOut.isEmpty(), "evaluation must have at least one example, got none");
      this.evaluation = heldOut;
      return this;
    }

    /**
     * The chosen completions of pairs to evaluate on, not trained on.
     *
     * @param heldOut at least one pair
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(PreferenceDataset heldOut) {
      return evaluation(SftExample.chosenOf(heldOut));
    }

    /**
     * Optimizer steps between evaluations; by default there is only the one at the end.
     *
     * @param steps ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluateEvery(int steps) {
      loop.evaluateEvery = Check.atLeastOne("evaluateEvery", steps);
      return this;
    }

    /**
     * When to end before the last step; never by default.
     *
     * @param rule the rule, asked after each evaluation
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder earlyStopping(EarlyStopping rule) {
      loop.earlyStopping = rule;
      return this;
    }

    /**
     * Writes down what the run does, with checkpoints, in a directory; nowhere by default.
     *
     * @param newDirectory where, how often, and whether to resume
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder runDirectory(RunDirectory newDirectory) {
      loop.directory = newDirectory;
      return this;
    }

    /**
     * Lets another thread end the run.
     *
     * @param newCancellation kept by the caller, who calls {@code cancel()}
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder cancellation(Cancellation newCancellation) {
      loop.cancellation = newCancellation;
      return this;
    }

    /**
     * Adds a listener, called on the training thread after each step.
     *
     * @param listener told of steps and evaluations
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder listener(TrainingListener listener) {
      loop.listeners.add(listener);
      return this;
    }

    /**
     * Checks how the values go together.
     *
     * @return the trainer
     * @throws IllegalArgumentException if they don't; the message says what to change
     */
    public SftTrainer build() {
      if (policy == null) {
        throw new IllegalArgumentException("policy is required; set it with policy(…)");
      }
      return new SftTrainer(
          policy,
          loss,
          loop.settings(
              policy,
              new Task.Imitation(loss),
              Reference.none(),
              evaluation == null ? null : Examples.of(evaluation, loss)));
    }
  }
}
