package org.dpo4j.api;

import org.dpo4j.api.monitor.Alarm;

/** Told what happens, on the training thread. An exception it throws ends the run. */
@FunctionalInterface
public interface TrainingListener {

  /**
   * An optimizer step is done.
   *
   * @param step the step and its metrics
   */
  void onStep(TrainingStep step);

  /**
   * A step was skipped, in place of {@link #onStep}.
   *
   * @param step the step and what was not finite
   */
  default void onSkippedStep(SkippedStep step) {}

  /**
   * An evaluation is done.
   *
   * @param step the last step before it; its metrics are the evaluation's, {@code eval_…}
   */
  default void onEvaluation(TrainingStep step) {}

  /**
   * The first loss has been compared with what policy = reference would give. Called before the
   * first update: an exception thrown here leaves the policy untouched.
   *
   * @param check the comparison, with an explanation
   */
  default void onStepZero(StepZero check) {}

  /**
   * Something was seen that a person should look at; told after the step or evaluation in which it
   * was seen. A run that goes on does not tell again what it told before it was interrupted.
   *
   * @param alarm what, where and what to do
   */
  default void onAlarm(Alarm alarm) {}
}
