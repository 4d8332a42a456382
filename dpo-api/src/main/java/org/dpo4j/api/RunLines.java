package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.dpo4j.api.files.JsonFields;
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

  /**
   * Adds what a line says to the progress it is part of.
   *
   * @throws IOException if it is no line of a run, or not its next
   */
  static void addTo(Progress progress, JsonFields line, int totalSteps) throws IOException {
    int step = line.count(STEP);
    boolean evaluation = line.names().stream().anyMatch(name -> name.startsWith(EVALUATION));
    if (evaluation ? step != progress.step() : step != progress.step() + 1 || step > totalSteps) {
      throw line.odd(STEP, "the next of " + totalSteps);
    }
    if (line.has(SKIPPED)) {
      progress.add(
          new SkippedStep(
              step,
              totalSteps,
              line.text(SKIPPED),
              line.number(VALUE),
              ImmutableList.copyOf(line.texts(EXAMPLES))));
      return;
    }
    ImmutableMap.Builder<String, Double> metrics = ImmutableMap.builder();
    for (String name : line.names()) {
      if (!name.equals(STEP) && !name.equals(TIME)) {
        metrics.put(name, line.number(name));
      }
    }
    TrainingStep done = new TrainingStep(step, totalSteps, Metrics.of(metrics.buildOrThrow()));
    if (evaluation) {
      progress.addEvaluation(done);
    } else {
      progress.add(done);
    }
  }
}
