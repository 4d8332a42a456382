package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.dpo4j.core.batch.Metrics;

/** Steps and evaluations as lines of {@code metrics.jsonl}, and back. */
final class RunLines {

  private static final String STEP = "step";
  private static final String TIME = "time";
  private static final String SKIPPED = "skipped";
  private static final String VALUE = "value";
  private static final String EXAMPLES = "examples";
  private static final String EVALUATION = "eval_";

  private RunLines() {}

  /** A step or an evaluation. */
  static JsonObject of(TrainingStep done, Duration elapsed) {
    JsonObject line = new JsonObject();
    line.addProperty(STEP, done.step());
    done.metrics().asMap().forEach((name, value) -> line.add(name, RunConfiguration.number(value)));
    return timed(line, elapsed);
  }

  static JsonObject of(SkippedStep done, Duration elapsed) {
    JsonObject line = new JsonObject();
    line.addProperty(STEP, done.step());
    line.addProperty(SKIPPED, done.quantity());
    line.add(VALUE, RunConfiguration.number(done.value()));
    JsonArray examples = new JsonArray();
    done.exampleIds().forEach(examples::add);
    line.add(EXAMPLES, examples);
    return timed(line, elapsed);
  }

  private static JsonObject timed(JsonObject line, Duration elapsed) {
    line.addProperty(TIME, elapsed.toMillis() / 1000.0);
    return line;
  }

  /** Adds what a line says to the progress it is part of. */
  static void addTo(Progress progress, JsonObject line, int totalSteps) {
    int step = line.get(STEP).getAsInt();
    if (line.has(SKIPPED)) {
      progress.add(
          new SkippedStep(
              step,
              totalSteps,
              line.get(SKIPPED).getAsString(),
              line.get(VALUE).getAsDouble(),
              line.getAsJsonArray(EXAMPLES).asList().stream()
                  .map(JsonElement::getAsString)
                  .collect(ImmutableList.toImmutableList())));
      return;
    }
    Metrics metrics = Metrics.NONE;
    boolean evaluation = false;
    for (Map.Entry<String, JsonElement> entry : line.entrySet()) {
      if (!entry.getKey().equals(STEP) && !entry.getKey().equals(TIME)) {
        metrics = metrics.with(entry.getKey(), entry.getValue().getAsDouble());
        evaluation |= entry.getKey().startsWith(EVALUATION);
      }
    }
    TrainingStep done = new TrainingStep(step, totalSteps, metrics);
    if (evaluation) {
      progress.addEvaluation(done);
    } else {
      progress.add(done);
    }
  }
}
