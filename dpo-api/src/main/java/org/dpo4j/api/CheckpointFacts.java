package org.dpo4j.api;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.core.loss.Bco;

/**
 * What a checkpoint's manifest says beside its files.
 *
 * @param step after which it was written
 * @param tokens trained on so far
 * @param elapsed time spent so far
 * @param metrics how much of the lines is its own
 */
record CheckpointFacts(
    int step,
    long tokens,
    Duration elapsed,
    Bco.RunningShift rewardShift,
    Optional<StepZero> stepZero,
    Optional<StopReason> stopped,
    MetricsFile.Mark metrics) {

  private static final String STEP = "step";
  private static final String TOKENS = "tokens";
  private static final String NANOSECONDS = "nanoseconds";
  private static final String METRICS = "metrics";
  private static final String BYTES = "bytes";
  private static final String SHA256 = "sha256";
  private static final String STOPPED = "stopped";
  private static final String REWARD_SHIFT = "reward_shift";
  private static final String MEAN = "mean";
  private static final String COUNT = "count";
  private static final String STEP_ZERO = "step_zero";
  private static final String LOSS = "loss";
  private static final String LOSS_AT_REFERENCE = "loss_at_reference";
  private static final String LOSS_WITHOUT_MARGINS = "loss_without_margins";
  private static final String MEAN_ABSOLUTE_LOG_RATIO = "mean_absolute_log_ratio";

  /** To be written down; of a run that has ended, {@link #ended} adds why. */
  static JsonObject json(Progress progress, MetricsFile.Mark mark) {
    JsonObject about = new JsonObject();
    about.addProperty(STEP, progress.step());
    about.addProperty(TOKENS, progress.tokens());
    about.addProperty(NANOSECONDS, progress.elapsed().toNanos());
    Bco.RunningShift shift = progress.rewardShift();
    if (shift.count() > 0) {
      JsonObject json = new JsonObject();
      json.addProperty(MEAN, shift.mean());
      json.addProperty(COUNT, shift.count());
      about.add(REWARD_SHIFT, json);
    }
    progress.stepZero().ifPresent(check -> about.add(STEP_ZERO, json(check)));
    JsonObject metrics = new JsonObject();
    metrics.addProperty(BYTES, mark.bytes());
    metrics.addProperty(SHA256, mark.sha256());
    about.add(METRICS, metrics);
    return about;
  }

  private static JsonObject json(StepZero check) {
    JsonObject json = new JsonObject();
    json.add(LOSS, RunConfiguration.number(check.loss()));
    json.add(LOSS_AT_REFERENCE, RunConfiguration.number(check.lossAtReference()));
    check
        .lossWithoutMargins()
        .ifPresent(it -> json.add(LOSS_WITHOUT_MARGINS, RunConfiguration.number(it)));
    json.add(MEAN_ABSOLUTE_LOG_RATIO, RunConfiguration.number(check.meanAbsoluteLogRatio()));
    return json;
  }

  static void ended(JsonObject about, StopReason stopped) {
    about.addProperty(STOPPED, stopped.name());
  }

  /**
   * What was written down.
   *
   * @throws IOException if it is something else: a checksum says that it is as it was written, not
   *     by whom
   */
  static CheckpointFacts of(JsonObject about) throws IOException {
    JsonFields facts = new JsonFields(about, Snapshot.MANIFEST);
    JsonFields metrics = facts.object(METRICS);
    return new CheckpointFacts(
        facts.count(STEP),
        facts.count(TOKENS, Long.MAX_VALUE),
        Duration.ofNanos(facts.count(NANOSECONDS, Long.MAX_VALUE)),
        facts.has(REWARD_SHIFT) ? rewardShift(facts.object(REWARD_SHIFT)) : Bco.RunningShift.START,
        facts.has(STEP_ZERO) ? Optional.of(stepZero(facts.object(STEP_ZERO))) : Optional.empty(),
        facts.has(STOPPED) ? Optional.of(stopped(facts)) : Optional.empty(),
        new MetricsFile.Mark(metrics.count(BYTES, Long.MAX_VALUE), metrics.text(SHA256)));
  }

  private static Bco.RunningShift rewardShift(JsonFields shift) throws IOException {
    double mean = shift.number(MEAN);
    if (!Double.isFinite(mean)) {
      throw shift.odd(MEAN, "finite");
    }
    return new Bco.RunningShift(mean, shift.count(COUNT, Long.MAX_VALUE));
  }

  private static StepZero stepZero(JsonFields check) throws IOException {
    return new StepZero(
        check.number(LOSS),
        check.number(LOSS_AT_REFERENCE),
        check.has(LOSS_WITHOUT_MARGINS)
            ? OptionalDouble.of(check.number(LOSS_WITHOUT_MARGINS))
            : OptionalDouble.empty(),
        check.number(MEAN_ABSOLUTE_LOG_RATIO));
  }

  private static StopReason stopped(JsonFields facts) throws IOException {
    String name = facts.text(STOPPED);
    return Arrays.stream(StopReason.values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .orElseThrow(() -> facts.odd(STOPPED, "one of " + Arrays.toString(StopReason.values())));
  }

  /** The run up to here; its steps and evaluations are still to be added. */
  Progress progress() {
    return Progress.after(elapsed, tokens, rewardShift, stepZero);
  }
}
