package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is held out, and how often it is evaluated. */
final class EvaluationOptions {

  @Option(
      names = "--eval",
      split = ",",
      paramLabel = "FILE",
      description = "Held-out data, in any format that --data has.")
  List<Path> files = List.of();

  @Option(
      names = "--eval-fraction",
      paramLabel = "SHARE",
      description = "Or hold out a share of --data (0.05 where there is no --eval; 0 for none).")
  Optional<Double> fraction = Optional.empty();

  @Option(
      names = "--eval-every",
      paramLabel = "STEPS",
      description = "Steps between evaluations; there is one at the end anyway.")
  Optional<Integer> every = Optional.empty();

  /** The share to hold out. */
  double share() {
    if (!files.isEmpty() && fraction.isPresent()) {
      throw new IllegalArgumentException("--eval and --eval-fraction exclude each other");
    }
    return files.isEmpty() ? fraction.orElse(0.05) : 0;
  }
}
