package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardPass;
import org.dpo4j.core.backend.TrainableRewardScorer;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.loss.RewardModelLoss;
import org.dpo4j.core.loss.RewardRegressionLoss;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * Trains a scalar reward model on preference pairs: by Bradley–Terry on which completion was
 * preferred ({@link RewardModelLoss}), or, given a teacher, by regression on the rewards it gives
 * both ({@link RewardRegressionLoss}).
 *
 * <pre>{@code
 * RewardModelTrainer.builder().model(model.trainRewardModel(Lora.rank(16))).build().train(pairs);
 * }</pre>
 *
 * <p>A reward model is small beside a policy and trained in minutes: there are no checkpoints, and
 * no accumulation.
 */
public final class RewardModelTrainer {

  private static final double DEFAULT_CENTERING = 0.01;

  private final TrainableRewardScorer model;
  private final Optional<ImplicitRewardModel> teacher;
  private final OptimizerSpec optimizer;
  private final Schedule schedule;
  private final int epochs;
  private final int batchSize;
  private final int maxLength;
  private final double centering;
  private final double maxGradNorm;
  private final long seed;

  private RewardModelTrainer(Builder builder) {
    Check.that(builder.model != null, "model must be set, got none");
    this.model = Objects.requireNonNull(builder.model);
    this.teacher = Optional.ofNullable(builder.teacher);
    this.optimizer = builder.optimizer;
    this.schedule = builder.schedule;
    this.epochs = Check.atLeastOne("epochs", builder.epochs);
    this.batchSize = Check.atLeastOne("batchSize", builder.batchSize);
    this.maxLength = Check.atLeastOne("maxLength", builder.maxLength);
    Check.that(
        builder.centering == null || builder.teacher == null,
        "centering(…) has no effect beside teacher(…), whose rewards are not centred; leave it out");
    this.centering =
        Check.nonNegative(
            "centering", Objects.requireNonNullElse(builder.centering, DEFAULT_CENTERING));
    this.maxGradNorm = Check.positive("maxGradNorm", builder.maxGradNorm);
    this.seed = builder.seed;
  }

  /**
   * A trainer's settings, to be made.
   *
   * @return the defaults: Bradley–Terry, one epoch
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What one step of the optimizer did.
   *
   * @param number from 1
   * @param of how many steps there are
   * @param loss the mean of its pairs, before the update
   * @param accuracy share of its pairs whose chosen completion had the larger reward
   * @param gradientNorm before clipping
   */
  public record Step(int number, int of, double loss, double accuracy, double gradientNorm) {}

  /**
   * What was done.
   *
   * @param pairs how many were learnt from
   * @param tooLong how many were left out, being longer than {@code maxLength}
   * @param steps in order
   */
  public record Trained(int pairs, int tooLong, ImmutableList<Step> steps) {}

  /**
   * Trains.
   *
   * @param pairs margins, agreement and weights are used by Bradley–Terry; of them, regression uses
   *     the weights
   * @return what was done
   * @throws IllegalArgumentException if a pair can't be tokenized, which is named, or none is short
   *     enough
   * @throws IllegalStateException if a gradient is not finite; the model is as after the last step
   */
  public Trained train(PreferenceDataset pairs) {
    return train(pairs, step -> {});
  }

  /**
   * Trains, and tells of every step.
   *
   * @param pairs as above
   * @param listener told after each step
   * @return what was done
   */
  public Trained train(PreferenceDataset pairs, Consumer<Step> listener) {
    List<EncodedExample> examples = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      EncodedExample example = EncodedExample.of(pair, model.tokenizer());
      if (example.length() <= maxLength) {
        examples.add(example);
      }
    }
    Check.that(
        !examples.isEmpty(),
        "pairs must have at least one of at most %d tokens, got none of %d",
        maxLength,
        pairs.size());
    List<Learnt> learnt = withTargets(examples);
    int stepsAnEpoch = Lists.partition(learnt, batchSize).size();
    int all = Math.multiplyExact(epochs, stepsAnEpoch);
    ImmutableList.Builder<Step> steps = ImmutableList.builder();
    SplittableRandom seeds = new SplittableRandom(seed);
    int index = 0;
    try (Optimizer updates = model.optimizer(optimizer)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        List<Learnt> order = new ArrayList<>(learnt);
        Collections.shuffle(order, new Random(seeds.nextLong()));
        for (List<Learnt> batch : Lists.partition(order, batchSize)) {
          Step step = step(batch, index++, all, updates);
          steps.add(step);
          listener.accept(step);
        }
      }
    }
    return new Trained(examples.size(), pairs.size() - examples.size(), steps.build());
  }

  /** A pair, and what the teacher gives both completions: zeros without one. */
  private record Learnt(EncodedExample example, double chosen, double rejected) {}

  private List<Learnt> withTargets(List<EncodedExample> examples) {
    List<Learnt> learnt = new ArrayList<>();
    for (List<EncodedExample> part : Lists.partition(examples, batchSize)) {
      List<double[]> targets =
          teacher
              .map(
                  scorer ->
                      scorer.score(part.stream().map(EncodedExample::group).toList()).stream()
                          .map(both -> new double[] {both.get(0).reward(), both.get(1).reward()})
                          .toList())
              .orElseGet(() -> Collections.nCopies(part.size(), new double[2]));
      for (int i = 0; i < part.size(); i++) {
        learnt.add(new Learnt(part.get(i), targets.get(i)[0], targets.get(i)[1]));
      }
    }
    return learnt;
  }

  private Step step(List<Learnt> batch, int index, int all, Optimizer updates) {
    List<PromptGroup> groups = batch.stream().map(pair -> pair.example().group()).toList();
    try (RewardPass pass = model.forward(groups)) {
      RewardModelLoss.Result result = loss(batch, pass.rewards());
      pass.backward(interleaved(result.chosen(), result.rejected()));
      double norm = updates.gradientNorm();
      if (!Double.isFinite(norm)) {
        updates.discardGradients();
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "step %d: the gradient's norm must be finite, got %s on pairs %s",
                index + 1,
                norm,
                batch.stream().map(pair -> pair.example().id()).toList()));
      }
      updates.step(
          optimizer.learningRate() * schedule.factor(index, all),
          TrainingRun.clip(maxGradNorm, norm));
      return new Step(
          index + 1, all, result.loss(), result.metrics().get("rewards/accuracies"), norm);
    }
  }

  private RewardModelLoss.Result loss(List<Learnt> batch, ImmutableDoubleArray rewards) {
    List<PairLabel> labels = batch.stream().map(pair -> pair.example().label()).toList();
    RewardBatch given =
        RewardBatch.of(everySecond(rewards, 0), everySecond(rewards, 1)).withLabels(labels);
    return teacher.isEmpty()
        ? new RewardModelLoss(centering).evaluate(given)
        : new RewardRegressionLoss()
            .evaluate(
                given,
                RewardBatch.of(
                    batch.stream().map(Learnt::chosen).toList(),
                    batch.stream().map(Learnt::rejected).toList()));
  }

  private static List<Double> everySecond(ImmutableDoubleArray values, int from) {
    return IntStream.range(0, values.length() / 2)
        .mapToObj(pair -> values.get(2 * pair + from))
        .toList();
  }

  private static ImmutableDoubleArray interleaved(
      ImmutableDoubleArray chosen, ImmutableDoubleArray rejected) {
    ImmutableDoubleArray.Builder both = ImmutableDoubleArray.builder();
    for (int i = 0; i < chosen.length(); i++) {
      both.add(chosen.get(i)).add(rejected.get(i));
    }
    return both.build();
  }

  /** Settings of a trainer. */
  public static final class Builder {

    private @Nullable TrainableRewardScorer model;
    private @Nullable ImplicitRewardModel teacher;
    private OptimizerSpec optimizer = AdamW.learningRate(1e-4);
    private Schedule schedule = Schedule.linear();
    private int epochs = 1;
    private int batchSize = 8;
    private int maxLength = 1024;
    private @Nullable Double centering;
    private double maxGradNorm = 1.0;
    private long seed = 42;

    private Builder() {}

    /**
     * What is trained; required.
     *
     * @param model stays the caller's to close
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder model(TrainableRewardScorer model) {
      this.model = model;
      return this;
    }

    /**
     * Learns by regression to give a teacher's rewards. None by default: Bradley–Terry.
     *
     * @param teacher of a policy and its reference; asked once a pair, before the first step
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder teacher(ImplicitRewardModel teacher) {
      this.teacher = teacher;
      return this;
    }

    /**
     * Sets the optimizer; AdamW with a learning rate of 1e-4 by default.
     *
     * @param optimizer which one
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder optimizer(OptimizerSpec optimizer) {
      this.optimizer = optimizer;
      return this;
    }

    /**
     * Sets how the learning rate changes; linear by default.
     *
     * @param schedule over all steps
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder schedule(Schedule schedule) {
      this.schedule = schedule;
      return this;
    }

    /**
     * Sets the passes over the data; 1 by default.
     *
     * @param epochs ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder epochs(int epochs) {
      this.epochs = epochs;
      return this;
    }

    /**
     * Sets the pairs of a step, which are computed together; 8 by default.
     *
     * @param batchSize ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    /**
     * Sets the tokens that prompt and completion may have together; 1024 by default. Pairs with
     * more are left out and counted.
     *
     * @param maxLength ≥ 1
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxLength(int maxLength) {
      this.maxLength = maxLength;
      return this;
    }

    /**
     * Sets c of {@link RewardModelLoss}, which keeps rewards around zero; 0.01 by default.
     * Regression has none, so that it is refused beside a teacher.
     *
     * @param centering ≥ 0
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder centering(double centering) {
      this.centering = centering;
      return this;
    }

    /**
     * Sets the global norm that gradients are clipped to; 1 by default.
     *
     * @param maxGradNorm &gt; 0
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxGradNorm(double maxGradNorm) {
      this.maxGradNorm = maxGradNorm;
      return this;
    }

    /**
     * Sets where the order of pairs comes from; 42 by default.
     *
     * @param seed any number
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Checks the settings.
     *
     * @return the trainer
     * @throws IllegalArgumentException if one is missing or out of its range
     */
    public RewardModelTrainer build() {
      return new RewardModelTrainer(this);
    }
  }
}
