package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.loss.PairObjective;
import org.jspecify.annotations.Nullable;

/** Everything about a run but the policy and the data. */
record TrainingSettings(
    Reference reference,
    PairObjective objective,
    double beta,
    OptimizerSpec optimizer,
    Schedule schedule,
    BatchLimits batch,
    int accumulateOver,
    int epochs,
    int maxSteps,
    boolean shuffle,
    long seed,
    double maxGradNorm,
    NonFinite nonFinite,
    @Nullable PreferenceDataset evaluation,
    int evaluateEvery,
    @Nullable EarlyStopping earlyStopping,
    Cancellation cancellation,
    ImmutableList<TrainingListener> listeners) {}
