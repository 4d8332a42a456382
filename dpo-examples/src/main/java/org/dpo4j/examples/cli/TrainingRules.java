package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.NamedLoss;
import org.dpo4j.examples.cli.OptionRules.Rule;

/** {@link OptionRules} of how something is trained, and on how much. */
final class TrainingRules {

  private static final ImmutableSet<String> ANY = ImmutableSet.of();
  private static final ImmutableSet<String> SFT = ImmutableSet.of("sft");
  private static final ImmutableSet<String> TRAIN = ImmutableSet.of("train", "estimate");
  private static final String EARLY = "--early-stopping";
  private static final String GOAL = "--early-stopping-on";
  private static final String MIX = "--mix";
  private static final String OPTIMIZER = "--optimizer";

  static final ImmutableList<Rule> ALL =
      ImmutableList.of(
          OptionRules.rule(ANY, OPTIMIZER)
              .where(
                  given ->
                      given.value(OPTIMIZER).equals("sgd")
                          && !given.has("--learning-rate")
                          && !given.command().equals("estimate"),
                  "sgd needs --learning-rate: the usual ones are AdamW's"),
          OptionRules.rule(ANY, "--weight-decay", "--adam-betas")
              .where(
                  given -> !given.value(OPTIMIZER).equals("adamw"),
                  given -> "has no effect beside --optimizer " + given.value(OPTIMIZER)),
          OptionRules.rule(ANY, "--adam-betas")
              .where(
                  given -> count(given, "--adam-betas") != 2,
                  "must be two numbers, such as 0.9,0.999"),
          OptionRules.rule(ANY, "--momentum")
              .where(
                  given -> !given.value(OPTIMIZER).equals("sgd"),
                  given -> "has no effect beside --optimizer " + given.value(OPTIMIZER)),
          OptionRules.rule(ANY, "--lora-stabilized", "--lora-layers")
              .beside("--full", "has no effect beside --full, which trains no adapter"),
          OptionRules.rule(ANY, "--lora-stabilized", "--lora-layers")
              .beside("--init-adapter", "has no effect beside --init-adapter, whose own counts"),
          OptionRules.rule(ANY, EARLY)
              .where(
                  given -> !given.has("--eval-every"),
                  "needs --eval-every: it is asked after each evaluation"),
          OptionRules.rule(ANY, GOAL)
              .where(given -> !given.has(EARLY), "has no effect without --early-stopping"),
          OptionRules.rule(SFT, GOAL)
              .where(
                  given -> !given.value(GOAL).equals("loss"),
                  given -> given.value(GOAL) + " is not measured in sft; take loss"),
          OptionRules.rule(TRAIN, GOAL)
              .where(
                  given ->
                      !given.value(GOAL).equals("loss")
                          && OptionRules.loss(given)
                              .filter(loss -> !(loss instanceof NamedLoss.OverPairs))
                              .isPresent(),
                  given ->
                      given.value(GOAL)
                          + " is of pairs, and --loss "
                          + given.value("--loss")
                          + " has none; take loss"),
          OptionRules.rule(ANY, MIX)
              .where(
                  given -> count(given, MIX) != count(given, "--data"),
                  given ->
                      "must have a share for each path of --data: "
                          + count(given, "--data")
                          + ", got "
                          + count(given, MIX)),
          OptionRules.rule(ANY, MIX)
              .beside(
                  "--margin-per-spread",
                  "and --margin-per-spread exclude each other: each path has a spread of its own; take"
                      + " --margin-per-point"));

  private TrainingRules() {}

  private static int count(Given given, String option) {
    return given.object(option).orElse(List.<Path>of()) instanceof List<?> list ? list.size() : 0;
  }
}
