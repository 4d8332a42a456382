package org.dpo4j.api;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * Trains a policy on preference pairs, by DPO or any other loss over pairs.
 *
 * <pre>{@code
 * TrainingReport report = DpoTrainer.builder()
 *     .policy(policy)
 *     .reference(Reference.frozenCopy())
 *     .beta(0.1)
 *     .build()
 *     .train(pairs);
 * }</pre>
 *
 * <p>A trainer is immutable and may train several times, one run at a time a policy; the policy
 * keeps what it learnt. The same seed, data and starting policy give the same run.
 */
public final class DpoTrainer {

  private final Policy policy;
  private final PairObjective objective;
  private final @Nullable PreferenceDataset evaluation;
  private final TrainingSettings settings;

  private DpoTrainer(
      Policy policy,
      PairObjective objective,
      @Nullable PreferenceDataset evaluation,
      TrainingSettings settings) {
    this.policy = policy;
    this.objective = objective;
    this.evaluation = evaluation;
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
   * @param pairs what to learn from, at least one pair
   * @return what the run did
   * @throws IllegalArgumentException if the data, the file of a cached reference or the run
   *     directory does not fit the configuration; nothing was trained
   * @throws IllegalStateException if another run writes to the file of a cached reference or is in
   *     the run directory; nothing was trained
   * @throws java.io.UncheckedIOException if that file can't be opened; nothing was trained. Or if
   *     the run directory can't be written; what is in it stays of use
   * @throws TrainingException if a step or an evaluation failed; its message says what the policy
   *     is like now
   */
  public TrainingReport train(PreferenceDataset pairs) {
    Check.that(pairs.size() > 0, "pairs must have at least one element, got none");
    requireUsableLabels(pairs);
    if (evaluation != null) {
      requireUsableLabels(evaluation);
    }
    return new TrainingRun(policy, settings, Examples.of(pairs)).run();
  }

  /** A label that the loss can't use, or a margin that it would ignore, is refused at once. */
  private void requireUsableLabels(PreferenceDataset pairs) {
    for (PreferencePair pair : pairs) {
      Check.that(
          pair.margin().isEmpty() || objective.traits().usesMargins(),
          "pair '%s' has a margin, and loss '%s' does not use margins; use Losses.dpo(), or drop them with"
              + " pairs.map(PreferencePair::withoutMargin)",
          pair.id(),
          objective.name());
      try {
        objective.checkLabel(pair.label());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format("pair '%s': %s", pair.id(), e.getMessage()), e);
      }
    }
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder {

    private @Nullable Policy policy;
    private @Nullable Reference reference;
    private PairObjective objective = Losses.dpo();
    private double beta = 0.1;
    private @Nullable PreferenceDataset evaluation;
    private final LoopOptions loop = new LoopOptions(1e-6);

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
     * What the policy is held to. By default a frozen copy of the policy, or none if the loss needs
     * none.
     *
     * @param newReference the reference
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder reference(Reference newReference) {
      this.reference = newReference;
      return this;
    }

    /**
     * The loss; {@link Losses#dpo()} by default.
     *
     * @param newLoss a loss of {@link Losses}, a composition, or your own
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder loss(PairObjective newLoss) {
      this.objective = newLoss;
      return this;
    }

    /**
     * β, the strength of the KL constraint: smaller lets the policy move further from the
     * reference. 0.1 by default.
     *
     * @param newBeta &gt; 0
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder beta(double newBeta) {
      this.beta = Check.positive("beta", newBeta);
      return this;
    }

    /**
     * The optimizer; AdamW with a peak learning rate of 1e-6 and no weight decay by default.
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
     * Pairs scored at a time, at most; 8 by default.
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
     * · accumulateOver} pairs of a step are then sorted by length and cut into as many parts as it
     * takes, so that {@link #batchSize} may be large. The gradient stays the same, since means are
     * taken over all pairs of the step. Held-out pairs are cut alike. Unbounded by default.
     *
     * <p>A pair can't be split, so {@link DpoTrainer#train} counts the tokens of all pairs first
     * and refuses one that is longer, before anything is trained.
     *
     * @param newMaxTokens ≥ 1; a pair counts the tokens of its prompt, once, and of both
     *     completions
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
     * Whether each epoch takes the pairs in an order of its own; true by default.
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
     * Pairs to evaluate on, not trained on. They are evaluated at the end of the run, and every few
     * steps if {@link #evaluateEvery} says so.
     *
     * @param heldOut at least one pair
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(PreferenceDataset heldOut) {
      Check.that(heldOut.size() > 0, "evaluation must have at least one pair, got none");
      this.evaluation = heldOut;
      return this;
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
    public DpoTrainer build() {
      if (policy == null) {
        throw new IllegalArgumentException("policy is required; set it with policy(…)");
      }
      Reference resolved =
          reference != null
              ? reference
              : objective.traits().needsReference() ? Reference.frozenCopy() : Reference.none();
      requireReference(resolved, policy);
      return new DpoTrainer(
          policy,
          objective,
          evaluation,
          loop.settings(
              policy,
              new Task.Preferences(objective, beta),
              resolved,
              evaluation == null ? null : Examples.of(evaluation)));
    }

    private void requireReference(Reference resolved, Policy trained) {
      Check.that(
          !(resolved instanceof Reference.None) || !objective.traits().needsReference(),
          "Reference.none() cannot be combined with loss '%s': it needs a reference; use Reference.frozenCopy(), or a"
              + " reference-free loss such as Losses.simPo(…)",
          objective.name());
      OpenReference.requireAvailable(resolved, trained);
    }
  }
}
