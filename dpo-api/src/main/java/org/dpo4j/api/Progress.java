package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.loss.Bco;

/** How far a run has come: all that its report will say, and what its next step depends on. */
final class Progress {

  private final StepTable steps = new StepTable();
  private final List<SkippedStep> skipped = new ArrayList<>();
  private final StepTable evaluations = new StepTable();
  private Optional<StepZero> stepZero = Optional.empty();
  private long tokens;
  private Bco.RunningShift rewardShift = Bco.RunningShift.START;
  private final Duration before;
  private final long start = System.nanoTime();

  private Progress(Duration before) {
    this.before = before;
  }

  /** A run that has taken no step yet. */
  static Progress none() {
    return new Progress(Duration.ZERO);
  }

  /** A run that goes on: its steps and evaluations are still to be added. */
  static Progress after(
      Duration before, long tokens, Bco.RunningShift rewardShift, Optional<StepZero> stepZero) {
    Progress progress = new Progress(before);
    progress.tokens = tokens;
    progress.rewardShift = rewardShift;
    progress.stepZero = stepZero;
    return progress;
  }

  void add(TrainingStep done) {
    steps.append(done);
  }

  void add(SkippedStep done) {
    skipped.add(done);
  }

  void addEvaluation(TrainingStep done) {
    evaluations.append(done);
  }

  void addTokens(long more) {
    tokens += more;
  }

  void shiftTo(Bco.RunningShift newShift) {
    rewardShift = newShift;
  }

  /** Of all rewards in steps that were taken, where the loss keeps account of them. */
  Bco.RunningShift rewardShift() {
    return rewardShift;
  }

  void checked(StepZero check) {
    stepZero = Optional.of(check);
  }

  /** The last step that was taken or skipped; 0 before the first. */
  int step() {
    return Math.max(lastFinished(), skipped.isEmpty() ? 0 : skipped.get(skipped.size() - 1).step());
  }

  private int lastFinished() {
    return steps.lastStep();
  }

  boolean hasSteps() {
    return !steps.isEmpty();
  }

  int skippedSteps() {
    return skipped.size();
  }

  /** Tells what happened again, each evaluation after the step it followed. */
  void tellAgain(TrainingListener listener) {
    if (hasSteps()) {
      stepZero.ifPresent(listener::onStepZero);
    }
    int next = 0;
    for (TrainingStep step : steps) {
      for (; next < evaluations.size() && evaluations.get(next).step() < step.step(); next++) {
        listener.onEvaluation(evaluations.get(next));
      }
      listener.onStep(step);
    }
    evaluations.subList(next, evaluations.size()).forEach(listener::onEvaluation);
  }

  /** How many steps were skipped since the last that was taken. */
  int skippedInARow() {
    return step() - lastFinished();
  }

  boolean isEvaluated(int step) {
    return !evaluations.isEmpty() && evaluations.lastStep() == step;
  }

  List<TrainingStep> evaluations() {
    return evaluations;
  }

  Optional<StepZero> stepZero() {
    return stepZero;
  }

  /** Tokens trained on so far. */
  long tokens() {
    return tokens;
  }

  /** Time spent so far, in this process and those before it. */
  Duration elapsed() {
    return before.plusNanos(System.nanoTime() - start);
  }

  TrainingReport report(
      Task task,
      StopReason stopped,
      TrainingData data,
      Optional<TrainingData> heldOut,
      ImmutableList<Alarm> alarms) {
    return new TrainingReport(
        task.loss(),
        task.beta(),
        stopped,
        data,
        heldOut,
        steps,
        ImmutableList.copyOf(skipped),
        evaluations,
        steps.isEmpty() ? Optional.empty() : stepZero,
        alarms,
        elapsed());
  }
}
