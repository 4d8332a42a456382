package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of all trainers are told about the loop, with its defaults. Mutable, and seen
 * by nobody but the builder that owns it.
 */
final class LoopOptions {

  OptimizerSpec optimizer;
  Schedule schedule = Schedule.linear();
  int batchSize = 8;
  int maxTokens = BatchLimits.ANY_NUMBER;
  int accumulateOver = 1;
  int epochs = 1;
  int maxSteps = Integer.MAX_VALUE;
  boolean shuffle = true;
  long seed = 42;
  double maxGradNorm = 1.0;
  NonFinite nonFinite = NonFinite.STOP;
  int evaluateEvery = Integer.MAX_VALUE;
  @Nullable EarlyStopping earlyStopping;
  @Nullable RunDirectory directory;
  Cancellation cancellation = new Cancellation();
  final ImmutableList.Builder<TrainingListener> listeners = ImmutableList.builder();

  LoopOptions(double learningRate) {
    this.optimizer = AdamW.learningRate(learningRate);
  }

  /**
   * Checks how the values go together.
   *
   * @throws IllegalArgumentException if they don't
   */
  TrainingSettings settings(
      Policy policy, Task task, Reference reference, @Nullable Examples evaluation) {
    if (directory != null) {
      Resumable unused = RecordedRun.requireResumable("policy", policy);
    }
    Check.that(
        accumulateOver == 1 || !task.traits().couplesBatch(),
        "accumulateOver(%d) would change loss '%s', which compares the pairs of a batch with each other; use"
            + " accumulateOver(1) and a larger batchSize",
        accumulateOver,
        task.loss());
    Check.that(
        maxTokens == BatchLimits.ANY_NUMBER || !task.traits().couplesBatch(),
        "maxTokens(%d) would change loss '%s', which compares the pairs of a batch with each other; leave it out and"
            + " choose a batchSize that fits",
        maxTokens,
        task.loss());
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
        optimizer,
        schedule,
        new BatchLimits(batchSize, maxTokens),
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
        cancellation,
        listeners.build());
  }
}
