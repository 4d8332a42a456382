package org.dpo4j.api.micrometer;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import com.google.common.collect.ImmutableMap;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.api.SkippedStep;
import org.dpo4j.api.TrainingListener;
import org.dpo4j.api.TrainingStep;
import org.dpo4j.api.monitor.Alarm;
import org.dpo4j.core.math.Check;

/**
 * Keeps a run's metrics as meters of Micrometer, for a service that is watched through it.
 *
 * <pre>{@code
 * DpoTrainer.builder() … .listener(MicrometerMetrics.of(registry, "run", "first"))
 * }</pre>
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>meter</th><th>is</th></tr>
 * <tr><td>{@code dpo.steps}</td><td>a counter of optimizer steps; its rate is the speed</td></tr>
 * <tr><td>{@code dpo.steps.skipped}</td><td>a counter of steps that were skipped</td></tr>
 * <tr><td>{@code dpo.alarms}</td><td>a counter of alarms by {@code kind}, such as {@code
 *     chosen_falling}; 0 from the start, so that one that is raised is seen as an increase</td></tr>
 * <tr><td>{@code dpo.train}</td><td>a gauge for each {@code metric} of the last step, such as
 *     {@code rewards/margins}, and for {@code step} itself</td></tr>
 * <tr><td>{@code dpo.eval}</td><td>the same of the last evaluation, without {@code eval_}</td></tr>
 * </table>
 *
 * <p>A metric has the name that it has in {@code metrics.jsonl}. A run that goes on counts what it
 * does from there on. Gauges stay when a run is over, and those of a next run with the same tags
 * take their place; counters go on. Runs beside each other need tags that tell them apart.
 *
 * <p>The application brings Micrometer: the artifact {@code micrometer-core}, and where it is a
 * named module {@code requires micrometer.core}.
 */
public final class MicrometerMetrics implements TrainingListener {

  static final String METRIC = "metric";

  private static final String KIND = "kind";
  private static final String STEP = "step";
  private static final String EVALUATION = "eval_";

  private final Counter steps;
  private final Counter skipped;
  private final ImmutableMap<Alarm.Kind, Counter> alarms;
  private final LastValues training;
  private final LastValues heldOut;

  private MicrometerMetrics(MeterRegistry registry, Tags tags) {
    steps =
        Counter.builder("dpo.steps").description("Optimizer steps").tags(tags).register(registry);
    skipped =
        Counter.builder("dpo.steps.skipped")
            .description("Steps skipped because a number was not finite")
            .tags(tags)
            .register(registry);
    alarms =
        Arrays.stream(Alarm.Kind.values())
            .collect(
                toImmutableMap(
                    kind -> kind,
                    kind ->
                        Counter.builder("dpo.alarms")
                            .description("Alarms of training runs")
                            .tags(tags.and(KIND, kind.id()))
                            .register(registry)));
    training = new LastValues(registry, "dpo.train", "Metrics of the last step", tags);
    heldOut = new LastValues(registry, "dpo.eval", "Metrics of the last evaluation", tags);
  }

  /**
   * In a registry.
   *
   * @param registry where the meters are registered, at once but for the gauges, which come with
   *     the first step and evaluation; it stays the caller's to close
   * @param tags of all meters, keys and values in turn; may be none. {@code metric} and {@code
   *     kind} are taken
   * @return a listener for one run
   * @throws IllegalArgumentException if a key has no value, or is taken
   */
  @SuppressWarnings("exports") // of a module that is optional
  public static MicrometerMetrics of(MeterRegistry registry, String... tags) {
    Check.that(
        tags.length % 2 == 0,
        "tags must be keys and values in turn, got %s",
        Arrays.toString(tags));
    Tags all = Tags.of(tags);
    all.forEach(
        tag ->
            Check.that(
                !tag.getKey().equals(METRIC) && !tag.getKey().equals(KIND),
                "tags must leave the keys metric and kind to the meters, got %s",
                all));
    return new MicrometerMetrics(registry, all);
  }

  /** Counts a step and shows its metrics. */
  @Override
  public void onStep(TrainingStep step) {
    steps.increment();
    training.show(step.metrics().with(STEP, step.step()).asMap());
  }

  /** Counts a skipped step. */
  @Override
  public void onSkippedStep(SkippedStep step) {
    skipped.increment();
  }

  /** Shows an evaluation's metrics. */
  @Override
  public void onEvaluation(TrainingStep step) {
    heldOut.show(
        step.metrics().asMap().entrySet().stream()
            .collect(
                toImmutableMap(
                    metric -> metric.getKey().substring(EVALUATION.length()),
                    Map.Entry::getValue)));
  }

  /** Counts an alarm. */
  @Override
  public void onAlarm(Alarm alarm) {
    Objects.requireNonNull(alarms.get(alarm.kind())).increment();
  }
}
