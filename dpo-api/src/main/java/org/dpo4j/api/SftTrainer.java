package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
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
    return new TrainingRun(policy, settings, checked(examples, ImmutableList.of())).run();
  }

  /**
   * Trains the policy on a dataset, of files for instance.
   *
   * @param examples as for {@link #train(List)}
   * @return what the run did
   * @throws IllegalArgumentException if the data or the run directory does not fit the
   *     configuration; nothing was trained
   * @throws IllegalStateException if another run is in the run directory; nothing was trained
   * @throws TrainingException if a step or an evaluation failed; its message says what the policy
   *     is like now
   * @throws java.io.UncheckedIOException if the run directory can't be written; what is in it stays
   *     of use
   */
  public TrainingReport train(Dataset<SftExample> examples) {
    return new TrainingRun(policy, settings, checked(examples.asList(), examples.sources())).run();
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
    return new TrainingRun(policy, settings, chosenOf(pairs)).run();
  }

  /**
   * Counts what {@link #train(List)} would do with examples: steps, micro-batches, tokens.
   * Tokenizes all of them and computes nothing.
   *
   * @param examples as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(List<SftExample> examples) {
    return settings.plan(policy, checked(examples, ImmutableList.of()));
  }

  /**
   * Counts what {@link #train(Dataset)} would do: steps, micro-batches, tokens. Tokenizes all
   * examples and computes nothing.
   *
   * @param examples as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(Dataset<SftExample> examples) {
    return settings.plan(policy, checked(examples.asList(), examples.sources()));
  }

  /**
   * Counts what {@link #train(PreferenceDataset)} would do with pairs: steps, micro-batches,
   * tokens. Tokenizes all of them and computes nothing.
   *
   * @param pairs as for {@code train}
   * @return the plan
   * @throws IllegalArgumentException if the data does not fit the configuration
   */
  public TrainingPlan plan(PreferenceDataset pairs) {
    return settings.plan(policy, chosenOf(pairs));
  }

  private Examples checked(List<SftExample> examples, ImmutableList<DataSummary> sources) {
    Check.that(!examples.isEmpty(), "examples must have at least one element, got none");
    return Examples.of(examples, loss, sources);
  }

  private Examples chosenOf(PreferenceDataset pairs) {
    Check.that(pairs.size() > 0, "pairs must have at least one element, got none");
    return Examples.of(SftExample.chosenOf(pairs), loss, pairs.sources());
  }

  /** Configures a trainer. Setters check their value, {@link #build} how the values go together. */
  public static final class Builder extends TrainerBuilder<Builder> {

    private SftLoss loss = SftLoss.COMPLETION_ONLY;
    private @Nullable List<SftExample> evaluation;
    private ImmutableList<DataSummary> sources = ImmutableList.of();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    @Override
    double usualRate(Policy trained) {
      return LearningRates.forImitation(trained);
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
      this.sources = ImmutableList.of();
      return this;
    }

    /**
     * A dataset to evaluate on, not trained on.
     *
     * @param heldOut at least one example
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder evaluation(Dataset<SftExample> heldOut) {
      Builder unused = evaluation(heldOut.asList());
      this.sources = heldOut.sources();
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
      return evaluation(heldOut.asDataset().map(SftExample::chosenOf));
    }

    /**
     * Checks how the values go together.
     *
     * @return the trainer
     * @throws IllegalArgumentException if they don't; the message says what to change
     */
    public SftTrainer build() {
      return new SftTrainer(
          requirePolicy(),
          loss,
          settings(
              new Task.Imitation(loss),
              Reference.none(),
              evaluation == null ? null : Examples.of(evaluation, loss, sources)));
    }
  }
}
