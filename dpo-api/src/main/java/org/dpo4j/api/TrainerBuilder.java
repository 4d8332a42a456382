package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.OptionalDouble;
import org.dpo4j.api.monitor.Thresholds;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * What all trainers are told alike: the policy, and how the loop goes. A setter checks its value,
 * {@code build()} how the values go together.
 *
 * @param <B> the builder itself
 */
public abstract sealed class TrainerBuilder<B extends TrainerBuilder<B>>
    permits DpoTrainer.Builder, KtoTrainer.Builder, RankingTrainer.Builder, SftTrainer.Builder {

  /** Of losses that β has no effect on; it only scales the rewards that are reported. */
  static final double UNUSED_BETA = 0.1;

  private @Nullable Policy policy;
  private @Nullable OptimizerSpec optimizer;
  private Schedule schedule = Schedule.linear();
  private int batchSize = 8;
  private int maxTokens = BatchLimits.ANY_NUMBER;
  private int maxLength = BatchLimits.ANY_NUMBER;
  private Unfit unfit = Unfit.STOP;
  private int accumulateOver = 1;
  private int epochs = 1;
  private int maxSteps = Integer.MAX_VALUE;
  private boolean shuffle = true;
  private long seed = 42;
  private double maxGradNorm = 1.0;
  private NonFinite nonFinite = NonFinite.STOP;
  private int evaluateEvery = Integer.MAX_VALUE;
  private @Nullable EarlyStopping earlyStopping;
  private @Nullable RunDirectory directory;
  private @Nullable Thresholds alarms = Thresholds.defaults();
  private Cancellation cancellation = new Cancellation();
  private final ImmutableList.Builder<TrainingListener> listeners = ImmutableList.builder();

  TrainerBuilder() {}

  /** The builder itself. */
  abstract B self();

  /** β as it was given, or as is usual for a loss. */
  static double strength(OptionalDouble given, Objective<?> objective) {
    return given.orElseGet(() -> objective.usualBeta().orElse(UNUSED_BETA));
  }

  /** The learning rate of a policy that is given none. */
  abstract double usualRate(Policy trained);

  /**
   * The model to train. Required.
   *
   * @param newPolicy anything that implements the port; it stays the caller's to close
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B policy(Policy newPolicy) {
    this.policy = newPolicy;
    return self();
  }

  /**
   * The optimizer; AdamW without weight decay by default, at the peak learning rate that {@link
   * LearningRates} gives for the policy.
   *
   * @param newOptimizer its constants
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B optimizer(OptimizerSpec newOptimizer) {
    optimizer = newOptimizer;
    return self();
  }

  /**
   * How the learning rate changes; linear decay without warm-up by default.
   *
   * @param newSchedule the schedule
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B schedule(Schedule newSchedule) {
    schedule = newSchedule;
    return self();
  }

  /**
   * Examples scored at a time, at most; 8 by default.
   *
   * @param newBatchSize ≥ 1
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B batchSize(int newBatchSize) {
    batchSize = Check.atLeastOne("batchSize", newBatchSize);
    return self();
  }

  /**
   * Tokens scored at a time, at most: a bound on memory where lengths vary. The {@code batchSize ·
   * accumulateOver} examples of a step are then sorted by length and cut into as many parts as it
   * takes, so that {@link #batchSize} may be large. The gradient stays the same, since means are
   * taken over all examples of the step. Held-out examples are cut alike. Unbounded by default.
   *
   * <p>An example can't be split, so {@code train(…)} counts the tokens of all examples first and
   * refuses one that is longer, before anything is trained.
   *
   * @param newMaxTokens ≥ 1; an example counts the tokens of its prompt, once, and of all its
   *     completions
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B maxTokens(int newMaxTokens) {
    maxTokens = Check.atLeastOne("maxTokens", newMaxTokens);
    return self();
  }

  /**
   * Tokens of a sequence, a prompt with a completion, at most: what the model was made for, or what
   * memory allows. Unbounded by default. Held-out examples are bounded too. All examples are
   * tokenized once for it before anything is trained.
   *
   * @param newMaxLength ≥ 1; {@link #onUnfit} says what becomes of longer ones
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B maxLength(int newMaxLength) {
    this.maxLength = Check.atLeastOne("maxLength", newMaxLength);
    return self();
  }

  /**
   * What becomes of an example that is longer than {@link #maxLength} or that the tokenizer
   * refuses; it stops the run by default.
   *
   * @param rule whether such are left out, or prompts truncated; the report counts them
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B onUnfit(Unfit rule) {
    this.unfit = rule;
    return self();
  }

  /**
   * Batches whose gradients make one optimizer step; 1 by default. Batches of 1 accumulated over 8
   * give the gradient of one batch of 8.
   *
   * @param newAccumulateOver ≥ 1
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B accumulateOver(int newAccumulateOver) {
    accumulateOver = Check.atLeastOne("accumulateOver", newAccumulateOver);
    return self();
  }

  /**
   * Passes over the data; 1 by default.
   *
   * @param newEpochs ≥ 1
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B epochs(int newEpochs) {
    epochs = Check.atLeastOne("epochs", newEpochs);
    return self();
  }

  /**
   * The greatest number of optimizer steps, whatever the epochs; unbounded by default.
   *
   * @param newMaxSteps ≥ 1
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B maxSteps(int newMaxSteps) {
    maxSteps = Check.atLeastOne("maxSteps", newMaxSteps);
    return self();
  }

  /**
   * Whether each epoch takes the examples in an order of its own; true by default.
   *
   * @param newShuffle false to keep the data's order
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B shuffle(boolean newShuffle) {
    shuffle = newShuffle;
    return self();
  }

  /**
   * Where all chance comes from; 42 by default.
   *
   * @param newSeed any number
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B seed(long newSeed) {
    seed = newSeed;
    return self();
  }

  /**
   * The global norm gradients are clipped to; 1 by default.
   *
   * @param newMaxGradNorm &gt; 0; {@code Double.POSITIVE_INFINITY} turns clipping off
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B maxGradNorm(double newMaxGradNorm) {
    Check.that(newMaxGradNorm > 0, "maxGradNorm must be > 0, got %s", newMaxGradNorm);
    maxGradNorm = newMaxGradNorm;
    return self();
  }

  /**
   * What to do with a step whose log-probabilities, loss or gradient are not finite; it ends the
   * run by default. An evaluation that is not finite always does.
   *
   * @param rule {@link NonFinite#STOP}, {@link NonFinite#SKIP}, or with a bound of your own
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B onNonFinite(NonFinite rule) {
    nonFinite = rule;
    return self();
  }

  /**
   * Optimizer steps between evaluations; by default there is only the one at the end.
   *
   * @param steps ≥ 1
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B evaluateEvery(int steps) {
    evaluateEvery = Check.atLeastOne("evaluateEvery", steps);
    return self();
  }

  /**
   * When to end before the last step; never by default.
   *
   * @param rule the rule, asked after each evaluation
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B earlyStopping(EarlyStopping rule) {
    earlyStopping = rule;
    return self();
  }

  /**
   * Writes down what the run does, with checkpoints, in a directory; nowhere by default.
   *
   * @param newDirectory where, how often, and whether to resume
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B runDirectory(RunDirectory newDirectory) {
    directory = newDirectory;
    return self();
  }

  /**
   * Lets another thread end the run.
   *
   * @param newCancellation kept by the caller, who calls {@code cancel()}
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B cancellation(Cancellation newCancellation) {
    cancellation = newCancellation;
    return self();
  }

  /**
   * Adds a listener, called on the training thread after each step.
   *
   * @param listener told of steps and evaluations
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B listener(TrainingListener listener) {
    listeners.add(listener);
    return self();
  }

  /**
   * When alarms are raised: what a loss does not show, such as chosen completions that become less
   * likely. They are logged, told to listeners, kept in the report and in the run directory. {@link
   * Thresholds#defaults()} by default.
   *
   * @param thresholds the bounds
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B alarms(Thresholds thresholds) {
    alarms = thresholds;
    return self();
  }

  /**
   * Raises no alarms.
   *
   * @return this builder
   */
  @CanIgnoreReturnValue
  public B withoutAlarms() {
    alarms = null;
    return self();
  }

  /** The policy, refused if there is none. */
  Policy requirePolicy() {
    if (policy == null) {
      throw new IllegalArgumentException("policy is required; set it with policy(…)");
    }
    return policy;
  }

  /** Examples of one optimizer step, at most. */
  long examplesPerStep() {
    return (long) batchSize * accumulateOver;
  }

  /**
   * Checks how the values go together.
   *
   * @throws IllegalArgumentException if they don't
   */
  TrainingSettings settings(Task task, Reference reference, @Nullable Examples evaluation) {
    if (directory != null) {
      Resumable unused = RecordedRun.requireResumable("policy", requirePolicy());
    }
    Check.that(
        accumulateOver == 1 || !task.traits().couplesBatch(),
        "accumulateOver(%d) would change loss '%s', which compares the %ss of a batch with each other; use"
            + " accumulateOver(1) and a larger batchSize",
        accumulateOver,
        task.loss(),
        task.noun());
    Check.that(
        maxTokens == BatchLimits.ANY_NUMBER || !task.traits().couplesBatch(),
        "maxTokens(%d) would change loss '%s', which compares the %ss of a batch with each other; leave it out and"
            + " choose a batchSize that fits",
        maxTokens,
        task.loss(),
        task.noun());
    Check.that(
        unfit != Unfit.TRUNCATE_PROMPT || maxLength < BatchLimits.ANY_NUMBER,
        "onUnfit(Unfit.TRUNCATE_PROMPT) needs a length to truncate to; give it with maxLength(…)");
    Check.that(
        evaluation != null || (evaluateEvery == Integer.MAX_VALUE && earlyStopping == null),
        "evaluateEvery(…) and earlyStopping(…) need %ss to evaluate on; give them with evaluation(…)",
        task.noun());
    Check.that(
        earlyStopping == null || evaluateEvery < Integer.MAX_VALUE,
        "earlyStopping(…) is asked after each evaluation; set how often there is one with evaluateEvery(…)");
    return new TrainingSettings(
        task,
        reference,
        optimizer == null ? AdamW.learningRate(usualRate(requirePolicy())) : optimizer,
        schedule,
        new BatchLimits(batchSize, maxTokens),
        maxLength,
        unfit,
        accumulateOver,
        epochs,
        maxSteps,
        shuffle,
        seed,
        maxGradNorm,
        nonFinite,
        evaluation,
        evaluateEvery,
        earlyStopping,
        directory,
        alarms,
        cancellation,
        listeners.build());
  }
}
