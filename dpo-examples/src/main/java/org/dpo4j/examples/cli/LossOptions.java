package org.dpo4j.examples.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dpo4j.api.Losses;
import org.dpo4j.api.NamedLoss;
import picocli.CommandLine.Option;

/** Which loss. */
final class LossOptions implements Checked {

  @Option(
      names = "--loss",
      defaultValue = "dpo",
      paramLabel = "LOSS",
      description =
          "A loss by name, changed as in dpo(label-smoothing=0.1), or a sum as in dpo+0.2*sft (${DEFAULT-VALUE}). "
              + "dpo losses lists them.")
  String loss;

  @Option(
      names = "--loss-param",
      split = ",",
      paramLabel = "NAME=VALUE",
      description = "A parameter of the loss, such as gamma=0.5.")
  Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--beta",
      paramLabel = "BETA",
      description =
          "The strength of the KL constraint: smaller lets the policy move further (the loss's usual one: 0.1, but 2"
              + " for simpo and 5 for dpo-norm).")
  Optional<Double> beta = Optional.empty();

  @Override
  public void check() {
    NamedLoss unused = named();
  }

  NamedLoss named() {
    return Losses.named(loss, parameters);
  }
}
