package org.dpo4j.examples.cli;

import java.util.Optional;
import org.dpo4j.api.EarlyStopping;
import org.dpo4j.api.TrainerBuilder;
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

  @Option(
      names = "--early-stopping",
      paramLabel = "N",
      description =
          "End after so many evaluations in a row without a better one; needs --eval-every.")
  Optional<Integer> patience = Optional.empty();

  @Option(
      names = "--early-stopping-on",
      defaultValue = "loss",
      paramLabel = "WHAT",
      description = "What has to get better: loss, accuracy or margin (${DEFAULT-VALUE}).")
  Goal goal;

  /** What an evaluation is judged by. */
  enum Goal {
    LOSS,
    ACCURACY,
    MARGIN
  }

  /** Tells a trainer that has something to evaluate on. */
  void applyTo(TrainerBuilder<?> trainer) {
    every.ifPresent(trainer::evaluateEvery);
    patience.map(EarlyStopping::patience).map(this::onGoal).ifPresent(trainer::earlyStopping);
  }

  private EarlyStopping onGoal(EarlyStopping rule) {
    return switch (goal) {
      case LOSS -> rule;
      case ACCURACY -> rule.untilHighest("eval_rewards/accuracies");
      case MARGIN -> rule.untilHighest("eval_rewards/margins");
    };
  }
}
