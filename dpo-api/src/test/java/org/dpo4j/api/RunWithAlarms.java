package org.dpo4j.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.api.monitor.Thresholds;

/** A run of which a report has all there is to draw. */
public final class RunWithAlarms {

  private RunWithAlarms() {}

  /**
   * Trains, with evaluations, alarms and samples.
   *
   * @param directory a new one
   * @throws IOException if it can't be written
   */
  public static void in(Path directory) throws IOException {
    AlarmSettings.healthy(Toy.random())
        .alarms(Thresholds.defaults())
        .runDirectory(RunDirectory.at(directory))
        .evaluation(Toy.pairs(16).range(8, 16))
        .evaluateEvery(10)
        .build()
        .train(Toy.pairs(8));
    Files.writeString(
        directory.resolve("samples.jsonl"),
        """
        {"when":"before","prompt":"The film","completion":" was bad"}
        {"when":"after","prompt":"The film","completion":" was good"}
        """);
  }
}
