package org.dpo4j.api.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** A gauge a metric, each with the value it had last. Written by one thread, read by any. */
final class LastValues {

  private final MeterRegistry registry;
  private final String name;
  private final String description;
  private final Tags tags;
  private final Map<String, AtomicReference<Double>> values = new HashMap<>();

  LastValues(MeterRegistry registry, String name, String description, Tags tags) {
    this.registry = registry;
    this.name = name;
    this.description = description;
    this.tags = tags;
  }

  void show(Map<String, Double> metrics) {
    metrics.forEach(
        (metric, value) -> {
          AtomicReference<Double> known = values.get(metric);
          if (known != null) {
            known.set(value);
          } else {
            values.put(metric, shown(tags.and(MicrometerMetrics.METRIC, metric), value));
          }
        });
  }

  private AtomicReference<Double> shown(Tags all, double value) {
    // A registry keeps the first gauge of an id, which may be that of a run that is over.
    Meter unusedBefore =
        registry.removeByPreFilterId(new Meter.Id(name, all, null, description, Meter.Type.GAUGE));
    AtomicReference<Double> last = new AtomicReference<>(value);
    Gauge unused =
        Gauge.builder(name, last, AtomicReference::get)
            .description(description)
            .tags(all)
            .strongReference(true)
            .register(registry);
    return last;
  }
}
