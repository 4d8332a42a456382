package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import org.dpo4j.api.monitor.Thresholds;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.Tokenizer;
import org.jspecify.annotations.Nullable;

/** Everything about a run but the policy and the data. */
record TrainingSettings(
    Task task,
    Reference reference,
    OptimizerSpec optimizer,
    Schedule schedule,
    BatchLimits batch,
    int maxLength,
    Unfit unfit,
    int accumulateOver,
    int epochs,
    int maxSteps,
    boolean shuffle,
    long seed,
    double maxGradNorm,
    NonFinite nonFinite,
    @Nullable Examples evaluation,
    int evaluateEvery,
    @Nullable EarlyStopping earlyStopping,
    @Nullable RunDirectory directory,
    @Nullable Thresholds alarms,
    Cancellation cancellation,
    ImmutableList<TrainingListener> listeners) {

  /** What a run with these settings would do. */
  TrainingPlan plan(Policy policy, Examples examples) {
    return Planning.of(this, new Course(tokenizer(policy), this, examples));
  }

  /** The policy's tokenizer on the day of the run. */
  Tokenizer tokenizer(Policy policy) {
    return RunDate.of(policy.tokenizer(), directory, reference);
  }

  /** Says which evaluation is the best. */
  EarlyStopping best() {
    return earlyStopping == null ? EarlyStopping.patience(1) : earlyStopping;
  }
}
