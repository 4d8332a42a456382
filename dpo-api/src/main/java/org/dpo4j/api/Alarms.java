package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.api.monitor.Monitor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches a run, and says what it sees: to the log, the run's record, and its listeners. */
final class Alarms implements TrainingListener {

  private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

  private final Optional<Monitor> monitor;
  private final TrainingSettings settings;

  /** Nowhere while what happened before is gone through again. */
  private @Nullable RunRecord record;

  private int told;

  Alarms(TrainingSettings settings) {
    this.settings = settings;
    this.monitor = Optional.ofNullable(settings.alarms()).map(Monitor::new);
  }

  /** All so far. */
  ImmutableList<Alarm> all() {
    return monitor.map(Monitor::alarms).orElse(ImmutableList.of());
  }

  /**
   * A run begins, or goes on; then what was told before is not told again.
   *
   * @param to where alarms are written down
   */
  void begin(TrainingData data, Progress progress, RunRecord to) {
    boolean preferences = settings.task().beta().isPresent();
    if (preferences) {
      monitor.ifPresent(it -> it.data(data.noun(), data.examples(), data.truncated()));
    }
    if (progress.step() > 0) {
      progress.tellAgain(this);
      told = all().size();
    }
    record = to;
    to.alarms(all());
    tell();
  }

  @Override
  public void onStepZero(StepZero check) {
    if (record != null && check.startsAtReference()) {
      LOG.info("{}", check.explanation());
    } else if (record != null) {
      LOG.warn("{}", check.explanation());
    }
    if (!check.startsAtReference()) {
      monitor.ifPresent(
          it ->
              it.notAtReference(
                  check.loss(), check.lossAtReference(), check.meanAbsoluteLogRatio()));
    }
    tell();
  }

  @Override
  public void onStep(TrainingStep step) {
    monitor.ifPresent(it -> it.step(step.step(), step.metrics()));
    tell();
  }

  @Override
  public void onEvaluation(TrainingStep step) {
    monitor.ifPresent(it -> it.evaluation(step.step(), step.metrics()));
    tell();
  }

  private void tell() {
    ImmutableList<Alarm> all = all();
    if (record == null || told == all.size()) {
      return;
    }
    record.alarms(all);
    for (Alarm alarm : all.subList(told, all.size())) {
      if (alarm.kind().isNote()) {
        LOG.info("{}", alarm);
      } else {
        LOG.warn("{}", alarm);
      }
      settings.listeners().forEach(listener -> listener.onAlarm(alarm));
    }
    told = all.size();
  }
}
