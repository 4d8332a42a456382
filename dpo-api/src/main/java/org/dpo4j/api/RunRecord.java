package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.Policy;

/** Where a run writes down what it does. */
sealed interface RunRecord extends AutoCloseable permits RecordedRun, RunRecord.None {

  /** What a run's parts are; all that a checkpoint holds beside its progress. */
  record Parts(Policy policy, Optimizer optimizer, OpenReference reference) {}

  /** Where log-probabilities of a reference are kept for as long as the run. */
  Optional<Path> referenceCache();

  /** Where to begin; restores the parts if that is not the start. */
  Progress begin(Parts parts);

  /** Why the run ended, if it had ended before it began. */
  Optional<StopReason> ended();

  void add(TrainingStep done);

  void add(SkippedStep done);

  void addEvaluation(TrainingStep done);

  /** What the policy made of pairs, which is asked for where it is written down. */
  void pairs(Supplier<? extends List<PairScore>> scores);

  /** All alarms so far; called when there are more, and when a run goes on. */
  void alarms(ImmutableList<Alarm> soFar);

  /** A step is done, and so is its evaluation: writes a checkpoint if one is due. */
  void settle(Progress progress, Parts parts);

  /** The run was cancelled after a step: writes a checkpoint if there isn't one of it. */
  void cancelled(Progress progress, Parts parts);

  /** The run has ended by itself. */
  void finish(Progress progress, Parts parts, TrainingReport report);

  @Override
  void close();

  /** Nowhere. */
  record None() implements RunRecord {

    @Override
    public Optional<Path> referenceCache() {
      return Optional.empty();
    }

    @Override
    public Progress begin(Parts parts) {
      return Progress.none();
    }

    @Override
    public Optional<StopReason> ended() {
      return Optional.empty();
    }

    @Override
    public void add(TrainingStep done) {}

    @Override
    public void add(SkippedStep done) {}

    @Override
    public void addEvaluation(TrainingStep done) {}

    @Override
    public void pairs(Supplier<? extends List<PairScore>> scores) {}

    @Override
    public void alarms(ImmutableList<Alarm> soFar) {}

    @Override
    public void settle(Progress progress, Parts parts) {}

    @Override
    public void cancelled(Progress progress, Parts parts) {}

    @Override
    public void finish(Progress progress, Parts parts, TrainingReport report) {}

    @Override
    public void close() {}
  }
}
