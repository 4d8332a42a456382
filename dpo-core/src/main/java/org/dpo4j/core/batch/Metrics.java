package org.dpo4j.core.batch;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpo4j.core.math.Check;

/**
 * Named means, in a fixed order. Each remembers how many examples it was taken over, so that the
 * metrics of parts add up to those of the whole. Immutable.
 */
public final class Metrics {

  /** No metrics. */
  public static final Metrics NONE = new Metrics(ImmutableMap.of());

  private record Mean(double sum, double count) {
    Mean plus(Mean other) {
      return new Mean(sum + other.sum, count + other.count);
    }
  }

  private final ImmutableMap<String, Mean> means;

  private Metrics(Map<String, Mean> means) {
    this.means = ImmutableMap.copyOf(means);
  }

  /**
   * Plain values.
   *
   * @param values by name, in the order of the metrics
   * @return the metrics
   */
  public static Metrics of(Map<String, Double> values) {
    ImmutableMap.Builder<String, Mean> means = ImmutableMap.builderWithExpectedSize(values.size());
    values.forEach((name, value) -> means.put(name, new Mean(value, 1.0)));
    return new Metrics(means.buildOrThrow());
  }

  /**
   * These metrics and one more.
   *
   * @param name as dashboards know it, e.g. {@code rewards/chosen}
   * @param sum the sum over examples
   * @param count how many examples, &gt; 0
   * @return metrics with {@code name} last, or replaced in its place
   */
  public Metrics with(String name, double sum, double count) {
    Check.positive("count", count);
    Map<String, Mean> changed = new LinkedHashMap<>(means);
    changed.put(name, new Mean(sum, count));
    return new Metrics(changed);
  }

  /**
   * These metrics and one plain value.
   *
   * @param name as dashboards know it, e.g. {@code learning_rate}
   * @param value the value
   * @return metrics with {@code name} last, or replaced in its place
   */
  public Metrics with(String name, double value) {
    return with(name, value, 1.0);
  }

  /**
   * The metrics over the examples of both.
   *
   * @param other metrics of other examples
   * @return means weighted by the number of examples behind each
   */
  public Metrics merge(Metrics other) {
    Map<String, Mean> merged = new LinkedHashMap<>(means);
    other.means.forEach((name, mean) -> merged.merge(name, mean, Mean::plus));
    return new Metrics(merged);
  }

  /**
   * These metrics under longer names.
   *
   * @param prefix e.g. {@code eval_}
   * @return the same values, each name with the prefix
   */
  public Metrics prefixed(String prefix) {
    Map<String, Mean> renamed = new LinkedHashMap<>();
    means.forEach((name, mean) -> renamed.put(prefix + name, mean));
    return new Metrics(renamed);
  }

  /**
   * One metric.
   *
   * @param name its name
   * @return its mean
   * @throws IllegalArgumentException if there is no such metric; the message lists those there are
   */
  public double get(String name) {
    Mean mean = means.get(name);
    if (mean == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "no metric is named '%s'; there are %s", name, names()));
    }
    return mean.sum / mean.count;
  }

  /**
   * Whether a metric was measured.
   *
   * @param name its name
   * @return true if {@link #get} would return
   */
  public boolean has(String name) {
    return means.containsKey(name);
  }

  /**
   * The names of all metrics.
   *
   * @return in the order they were added
   */
  public Set<String> names() {
    return means.keySet();
  }

  /**
   * All metrics.
   *
   * @return name to mean, in the order they were added
   */
  public ImmutableMap<String, Double> asMap() {
    ImmutableMap.Builder<String, Double> map = ImmutableMap.builder();
    names().forEach(name -> map.put(name, get(name)));
    return map.buildOrThrow();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metrics that && asMap().equals(that.asMap());
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  /** One line: {@code loss=0.6931 rewards/chosen=0.0123 …}. */
  @Override
  public String toString() {
    return names().stream()
        .map(name -> String.format(Locale.ROOT, "%s=%.5g", name, get(name)))
        .collect(Collectors.joining(" "));
  }
}
