package org.dpo4j.examples.cli;

import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is held out, and how often it is evaluated. */
final class EvaluationOptions {

  @Mixin HeldOutOptions heldOut;

  @Option(
      names = "--eval-every",
      paramLabel = "STEPS",
      description = "Steps between evaluations; there is one at the end anyway.")
  Optional<Integer> every = Optional.empty();
}
