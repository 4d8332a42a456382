package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.math.Check;

/**
 * What a run did.
 *
 * @param loss the loss's name
 * @param beta β; empty for SFT, which has none
 * @param stopped why it ended
 * @param data what it learnt from
 * @param heldOut what it was evaluated on; empty if on nothing
 * @param steps every optimizer step, in order; can't be changed. A run keeps their numbers only,
 *     some 200 bytes a step, and makes each when it is asked for
 * @param skipped the steps that were skipped, in order; their numbers are missing among {@code
 *     steps}
 * @param evaluations every evaluation, in order, with {@code eval_…} metrics; likewise
 * @param stepZero the first loss compared with what policy = reference would give; empty without a
 *     reference, or without a step
 * @param alarms what a person should look at, in order
 * @param elapsed how long it took
 */
public record TrainingReport(
    String loss,
    OptionalDouble beta,
    StopReason stopped,
    TrainingData data,
    Optional<TrainingData> heldOut,
    List<TrainingStep> steps,
    ImmutableList<SkippedStep> skipped,
    List<TrainingStep> evaluations,
    Optional<StepZero> stepZero,
    ImmutableList<Alarm> alarms,
    Duration elapsed) {

  /**
   * The last step's metrics.
   *
   * @return the metrics
   * @throws IllegalArgumentException if the run was cancelled before its first step
   */
  public Metrics finalMetrics() {
    Check.that(!steps.isEmpty(), "the run ended before its first step: there are no metrics");
    return steps.get(steps.size() - 1).metrics();
  }

  /**
   * The last evaluation's metrics.
   *
   * @return the metrics
   * @throws IllegalArgumentException if there was no evaluation
   */
  public Metrics finalEvaluation() {
    Check.that(!evaluations.isEmpty(), "there was no evaluation; give one with evaluation(…)");
    return evaluations.get(evaluations.size() - 1).metrics();
  }

  /**
   * One metric over the run.
   *
   * @param metric its name, e.g. {@code logps/chosen}, or {@code eval_loss}
   * @return {@code [steps]}, or {@code [evaluations]} for an evaluation's metric
   */
  public double[] history(String metric) {
    return (metric.startsWith("eval_") ? evaluations : steps)
        .stream().mapToDouble(step -> step.metrics().get(metric)).toArray();
  }

  /** A few lines for a person. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s%s: %d steps%s in %.2f s, %s%n",
            loss,
            beta.isPresent() ? ", β = " + beta.getAsDouble() : "",
            steps.size(),
            skipped.isEmpty() ? "" : " and " + skipped.size() + " skipped",
            elapsed.toMillis() / 1000.0,
            stopped.name().toLowerCase(Locale.ROOT)));
    stepZero.ifPresent(check -> text.append(check.explanation()).append(System.lineSeparator()));
    if (!steps.isEmpty()) {
      text.append("first  ").append(steps.get(0).metrics()).append(System.lineSeparator());
      text.append("last   ").append(finalMetrics());
    }
    if (!evaluations.isEmpty()) {
      text.append(System.lineSeparator()).append("eval   ").append(finalEvaluation());
    }
    if (data.isNotable()) {
      text.append(System.lineSeparator()).append("data   ").append(data);
    }
    heldOut
        .filter(TrainingData::isNotable)
        .ifPresent(held -> text.append(System.lineSeparator()).append("held out ").append(held));
    alarms.forEach(
        alarm ->
            text.append(System.lineSeparator())
                .append(alarm.kind().isNote() ? "note   " : "alarm  ")
                .append(alarm));
    return text.toString();
  }
}
