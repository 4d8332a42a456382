package org.dpo4j.examples.cli;

import java.util.List;
import java.util.Optional;
import org.dpo4j.torch.Lora;
import picocli.CommandLine.Option;

/** A new adapter. */
final class LoraOptions implements Checked {

  private static final String ALL_LINEAR = "all-linear";

  @Option(
      names = "--lora-rank",
      defaultValue = "16",
      paramLabel = "R",
      description = "The adapter's rank (${DEFAULT-VALUE}).")
  int rank;

  @Option(
      names = "--lora-alpha",
      defaultValue = "32",
      paramLabel = "A",
      description = "Its scale is alpha / rank (${DEFAULT-VALUE}).")
  double alpha;

  @Option(
      names = "--lora-dropout",
      defaultValue = "0",
      paramLabel = "P",
      description =
          "The share of its inputs that is dropped in training, and nowhere else (${DEFAULT-VALUE}).")
  double dropout;

  @Option(
      names = "--lora-targets",
      split = ",",
      defaultValue = ALL_LINEAR,
      paramLabel = "NAME",
      description = "The modules it is added to, such as q_proj,v_proj, or ${DEFAULT-VALUE}.")
  List<String> targets;

  @Option(
      names = "--lora-stabilized",
      description = "Scale by alpha / √rank instead (rsLoRA): for large ranks.")
  boolean stabilized;

  @Option(
      names = "--lora-layers",
      paramLabel = "FIRST-LAST",
      converter = LayerRange.Converter.class,
      description = "Only these layers, numbered from 0, the last included, such as 8-15 (all).")
  Optional<LayerRange> layers = Optional.empty();

  @Override
  public void check() {
    Lora unused = of(0);
  }

  /** The settings, started from a seed. */
  Lora of(long seed) {
    Lora plain = Lora.rank(rank).alpha(alpha).dropout(dropout).seed(seed);
    Lora scaled = stabilized ? plain.rankStabilized() : plain;
    Lora lora = layers.map(range -> scaled.layers(range.first(), range.last() + 1)).orElse(scaled);
    return targets.equals(List.of(ALL_LINEAR))
        ? lora.allLinear()
        : lora.targets(targets.toArray(String[]::new));
  }
}
