package org.dpo4j.api;

import com.google.common.collect.Streams;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.loss.Kto;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.UnpairedObjective;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a policy on completions that were judged alone, thumbs up and down, by KTO or any other
 * loss over them.
 *
 * <pre>{@code
 * KtoTrainer.builder().policy(policy).beta(0.1).build().train(examples);
 * KtoTrainer.builder().policy(policy).loss(Losses.bco()).build().train(examples);
 * }</pre>
 *
 * <p>KTO compares rewards with an estimate of KL(π_θ‖π_ref): the mean log-ratio, over the examples
 * of a step, of each prompt with a completion that answers another one. That is the completion of
 * the next example in the data with another prompt, the same in every epoch, so that a cached
 * reference has it. It is scored once more a step, without gradient, by policy and reference. The
 * estimate is over the whole step, so that accumulating and {@code maxTokens} change nothing; the
 * more examples a step has the better it is.
 *
 * <p>A trainer is immutable and may train several times, one run at a time a policy; the policy
 * keeps what it learnt. The same seed, data and starting policy give the same run.
 */
public final class KtoTrainer {

  private static final Logger LOG = LoggerFactory.getLogger(KtoTrainer.class);

  private final Policy policy;
  private final UnpairedObjective objective;
  private final TrainingSettings settings;

  private KtoTrainer(Policy policy, UnpairedObjective objective, TrainingSettings settings) {
    this.policy = policy;
    this.objective = objective;
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
   * @param examples what to learn from, at least one, and of two prompts where the loss estimates
   *     the KL; those without an id get their number
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
  public TrainingReport train(Dataset<UnpairedExample> examples) {
    TrainingRun run = new TrainingRun(policy, settings, checked(examples));
    warnIfUnbalanced(examples);
    return run.run();
  }

  /**
   * Counts what {@link #train} would do with examples: steps, micro-batches, tokens. Tokenizes all
   * of them and computes nothing.
   *
   * @param examples as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(Dataset<UnpairedExample> examples) {
    return settings.plan(policy, checked(examples));
  }

  private static Examples checked(Dataset<UnpairedExample> examples) {
    Check.that(examples.size() > 0, "examples must have at least one element, got none");
    return Examples.ofUnpaired(examples);
  }

  /** KTO's authors found that it learns badly where one side has much more weight. */
  private void warnIfUnbalanced(Dataset<UnpairedExample> examples) {
    if (objective instanceof Kto kto) {
      long up = Streams.stream(examples).filter(UnpairedExample::desirable).count();
      long down = examples.size() - up;
      double ratio = kto.desirableWeight() * up / (kto.undesirableWeight() * down);
      if (!(ratio >= 1.0 && ratio <= 1.5)) {
        LOG.warn(
            "desirable examples have {} times the weight of undesirable ones ({} of weight {}, {} of"
                + " weight {}); KTO's authors advise 1 to 1.5 times; see Losses.kto(…)",
            String.format(Locale.ROOT, "%.3g", ratio),
            up,
            kto.desirableWeight(),
            down,
            kto.undesirableWeight());
      }
    }
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder extends TrainerBuilder<Builder> {

    private Reference reference = Reference.frozenCopy();
    private UnpairedObjective objective = Losses.kto();
    private OptionalDouble beta = OptionalDouble.empty();
    private @Nullable Dataset<UnpairedExample> evaluation;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    @Override
    double usualRate(Policy trained) {
      return LearningRates.forPreferences(trained, objective);
    }

    /**
     * What the policy is held to; a frozen copy of the policy by default.
     *
     * @param newReference any but {@link Reference#none()}
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder reference(Reference newReference) {
      this.reference = newReference;
      return this;
    }

    /**
     * The loss; {@link Losses#kto()} by default.
     *
     * @param newLoss {@link Losses#kto}, {@link Losses#bco()}, or your own
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder loss(UnpairedObjective newLoss) {
      this.objective = newLoss;
      return this;
    }

    /**
     * β, the strength of the KL constraint: smaller lets the policy move further from the
     * reference. By default the loss's {@link Objective#usualBeta}: 0.1 for most.
     *
     * @param newBeta &gt; 0
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder beta(double newBeta) {
      this.beta = OptionalDouble.of(Check.positive("beta", newBeta));
      return this;
    }

    /**
     * Examples to evaluate on, not trained on. They are evaluated at the end of the run, and every
     * few steps if {@link #evaluateEvery} says so. KTO's estimate is then over all of them; BCO's
     * shift is that of training so far.
     *
     * @param heldOut at least one example, and of two prompts where the loss estimates the KL
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(Dataset<UnpairedExample> heldOut) {
      Check.that(heldOut.size() > 0, "evaluation must have at least one example, got none");
      this.evaluation = heldOut;
      return this;
    }

    /**
     * Checks how the values go together.
     *
     * @return the trainer
     * @throws IllegalArgumentException if they don't; the message says what to change
     */
    public KtoTrainer build() {
      OpenReference.requireThere(reference, requirePolicy(), objective.name());
      Check.that(
          examplesPerStep() > 1 || !objective.needsKlEstimate(),
          "batchSize(1) leaves loss '%s' one example a step, and its estimate of the KL is a mean over a step's"
              + " examples; use a larger batchSize or accumulateOver",
          objective.name());
      return new KtoTrainer(
          requirePolicy(),
          objective,
          settings(
              new UnpairedTask(objective, strength(beta, objective)),
              reference,
              evaluation == null ? null : Examples.ofUnpaired(evaluation)));
    }
  }
}
