package org.dpo4j.api;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * Trains a policy on rankings of several completions, by DPO under Plackett–Luce or a loss of your
 * own. A ranking of two is a pair, and its loss DPO's.
 *
 * <pre>{@code
 * RankingTrainer.builder().policy(policy).beta(0.1).build().train(rankings);
 * }</pre>
 *
 * <p>All completions of a ranking are scored together, so its tokens are those of the prompt, once,
 * and of all of them. A trainer is immutable and may train several times, one run at a time a
 * policy; the policy keeps what it learnt. The same seed, data and starting policy give the same
 * run.
 */
public final class RankingTrainer {

  private final Policy policy;
  private final TrainingSettings settings;

  private RankingTrainer(Policy policy, TrainingSettings settings) {
    this.policy = policy;
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
   * @param rankings what to learn from, at least one; those without an id get their number
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
  public TrainingReport train(Dataset<RankedExample> rankings) {
    return new TrainingRun(policy, settings, checked(rankings)).run();
  }

  /**
   * Counts what {@link #train} would do with rankings: steps, micro-batches, tokens. Tokenizes all
   * of them and computes nothing.
   *
   * @param rankings as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(Dataset<RankedExample> rankings) {
    return settings.plan(policy, checked(rankings));
  }

  private static Examples checked(Dataset<RankedExample> rankings) {
    Check.that(rankings.size() > 0, "rankings must have at least one element, got none");
    return Examples.ofRankings(rankings);
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder extends TrainerBuilder<Builder> {

    private Reference reference = Reference.frozenCopy();
    private Objective<RankingBatch> objective = Losses.plackettLuce();
    private OptionalDouble beta = OptionalDouble.empty();
    private @Nullable Dataset<RankedExample> evaluation;

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
     * The loss; {@link Losses#plackettLuce()} by default.
     *
     * @param newLoss a loss over rankings
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder loss(Objective<RankingBatch> newLoss) {
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
     * Rankings to evaluate on, not trained on. They are evaluated at the end of the run, and every
     * few steps if {@link #evaluateEvery} says so.
     *
     * @param heldOut at least one ranking
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(Dataset<RankedExample> heldOut) {
      Check.that(heldOut.size() > 0, "evaluation must have at least one ranking, got none");
      this.evaluation = heldOut;
      return this;
    }

    /**
     * Checks how the values go together.
     *
     * @return the trainer
     * @throws IllegalArgumentException if they don't; the message says what to change
     */
    public RankingTrainer build() {
      OpenReference.requireThere(reference, requirePolicy(), objective.name());
      return new RankingTrainer(
          requirePolicy(),
          settings(
              new RankingTask(objective, strength(beta, objective)),
              reference,
              evaluation == null ? null : Examples.ofRankings(evaluation)));
    }
  }
}
