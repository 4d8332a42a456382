package org.dpo4j.api;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.loss.Objective;
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
    return new TrainingRun(policy, settings, examples(pairs)).run();
  }

  /**
   * Counts what {@link #train} would do with pairs: steps, micro-batches, tokens. Tokenizes all of
   * them and computes nothing.
   *
   * @param pairs as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(PreferenceDataset pairs) {
    return settings.plan(policy, examples(pairs));
  }

  private Examples examples(PreferenceDataset pairs) {
    Check.that(pairs.size() > 0, "pairs must have at least one element, got none");
    requireUsableLabels(pairs);
    if (evaluation != null) {
      requireUsableLabels(evaluation);
    }
    return Examples.of(pairs);
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
            String.format(Locale.ROOT, "pair '%s': %s", pair.id(), e.getMessage()), e);
      }
    }
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder extends TrainerBuilder<Builder> {

    private @Nullable Reference reference;
    private PairObjective objective = Losses.dpo();
    private OptionalDouble beta = OptionalDouble.empty();
    private @Nullable PreferenceDataset evaluation;

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
     * Checks how the values go together.
     *
     * @return the trainer
     * @throws IllegalArgumentException if they don't; the message says what to change
     */
    public DpoTrainer build() {
      Policy policy = requirePolicy();
      Reference resolved =
          reference != null
              ? reference
              : objective.traits().needsReference() ? Reference.frozenCopy() : Reference.none();
      requireReference(resolved, policy);
      return new DpoTrainer(
          policy,
          objective,
          evaluation,
          settings(
              new Task.Preferences(objective, strength(beta, objective)),
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
