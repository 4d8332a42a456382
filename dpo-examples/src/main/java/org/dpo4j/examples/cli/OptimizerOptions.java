package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Optional;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import picocli.CommandLine.Option;

/** How parameters follow their gradients. */
final class OptimizerOptions {

  /** The optimizers by name. */
  enum Name {
    ADAMW,
    SGD,
    RMSPROP
  }

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description =
          "The peak learning rate. By default what is usual for what is trained: 1e-4 for an adapter, far less for"
              + " the weights of a large model.")
  Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--optimizer",
      defaultValue = "adamw",
      paramLabel = "NAME",
      description = "adamw, sgd (which needs --learning-rate) or rmsprop (${DEFAULT-VALUE}).")
  Name optimizer;

  @Option(
      names = "--weight-decay",
      paramLabel = "LAMBDA",
      description = "AdamW's decay of what is trained, towards zero (0).")
  Optional<Double> weightDecay = Optional.empty();

  @Option(
      names = "--adam-betas",
      split = ",",
      paramLabel = "BETA",
      description = "AdamW's two decay rates, of means and of squares (0.9,0.999).")
  List<Double> adamBetas = List.of();

  @Option(names = "--momentum", paramLabel = "MU", description = "Of sgd (0).")
  Optional<Double> momentum = Optional.empty();

  /** The optimizer with the rate that is asked for, or else with the usual one. */
  OptimizerSpec of(double usualRate) {
    double rate = learningRate.orElse(usualRate);
    return switch (optimizer) {
      case ADAMW -> adamW(rate);
      case SGD -> Sgd.learningRate(rate).momentum(momentum.orElse(0.0));
      case RMSPROP -> RmsProp.learningRate(rate);
    };
  }

  private AdamW adamW(double rate) {
    AdamW adamW = AdamW.learningRate(rate).weightDecay(weightDecay.orElse(0.0));
    return adamBetas.isEmpty() ? adamW : adamW.betas(adamBetas.get(0), adamBetas.get(1));
  }
}
