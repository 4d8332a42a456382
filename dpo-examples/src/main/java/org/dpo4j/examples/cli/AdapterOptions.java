package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.api.Reference;
import org.dpo4j.torch.Checkpointing;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What of a model is trained. */
final class AdapterOptions {

  /** The name under which the adapter that training starts from is kept, frozen. */
  static final String START = "start";

  @Mixin LoraOptions lora;

  @Option(names = "--full", description = "Train all weights, and no adapter.")
  boolean full;

  @Option(
      names = "--init-adapter",
      paramLabel = "DIR",
      description =
          "Start from this adapter, such as an SFT run's final/; it becomes the reference, too. Its rank,"
              + " scale and modules count; its dropout is --lora-dropout.")
  Optional<Path> start = Optional.empty();

  @Option(
      names = "--recompute-activations",
      description = "Compute layers again rather than keep them: less memory, a quarter more time.")
  boolean recompute;

  /** The policy that a model makes with these options. */
  TorchPolicy policy(LanguageModel model, long seed) {
    return trained(model, seed).checkpointing(recompute ? Checkpointing.on() : Checkpointing.off());
  }

  /** Refuses an adapter to start from that is none, or of another model. */
  void requireFolder(Path model) {
    start.ifPresent(folder -> ModelFolder.requireAdapter("--init-adapter", model, folder));
  }

  /** Where the policy starts, which is what it is held to unless it is said otherwise. */
  Reference reference() {
    if (full) {
      return Reference.frozenCopy();
    }
    return start.isPresent() ? Reference.adapter(START) : Reference.adapterOff();
  }

  private TorchPolicy trained(LanguageModel model, long seed) {
    if (full) {
      return model.trainWeights();
    }
    if (start.isPresent()) {
      return model.loadAdapter(START, start.get()).trainCopyOf(START, lora.dropout, seed);
    }
    return model.train(lora.of(seed));
  }
}
