package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dpo4j.torch.Checkpointing;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Option;

/** What of a model is trained. */
final class AdapterOptions {

  /** The name under which the adapter that training starts from is kept, frozen. */
  static final String START = "start";

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
      description = "The share of its inputs that is dropped (${DEFAULT-VALUE}).")
  double dropout;

  @Option(
      names = "--lora-targets",
      split = ",",
      defaultValue = ALL_LINEAR,
      paramLabel = "NAME",
      description = "The modules it is added to, such as q_proj,v_proj, or ${DEFAULT-VALUE}.")
  List<String> targets;

  @Option(names = "--full", description = "Train all weights, and no adapter.")
  boolean full;

  @Option(
      names = "--init-adapter",
      paramLabel = "DIR",
      description =
          "Start from this adapter, such as an SFT run's final/; it becomes the reference, too.")
  Optional<Path> start = Optional.empty();

  @Option(
      names = "--recompute-activations",
      description = "Compute layers again rather than keep them: less memory, a quarter more time.")
  boolean recompute;

  /** The policy that a model makes with these options. */
  TorchPolicy policy(LanguageModel model, long seed) {
    return trained(model, seed).checkpointing(recompute ? Checkpointing.on() : Checkpointing.off());
  }

  private TorchPolicy trained(LanguageModel model, long seed) {
    if (full) {
      if (start.isPresent()) {
        throw new IllegalArgumentException(
            "--full and --init-adapter exclude each other; merge the adapter first with dpo merge");
      }
      return model.trainWeights();
    }
    if (start.isPresent()) {
      return model.loadAdapter(START, start.get()).trainCopyOf(START);
    }
    Lora lora = Lora.rank(rank).alpha(alpha).dropout(dropout).seed(seed);
    return model.train(
        targets.equals(List.of(ALL_LINEAR))
            ? lora.allLinear()
            : lora.targets(targets.toArray(String[]::new)));
  }
}
