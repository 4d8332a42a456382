package org.dpo4j.examples.cli;

import java.nio.file.Path;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Placement;
import org.dpo4j.torch.Precision;
import org.dpo4j.torch.Tokenization;
import picocli.CommandLine.Option;

/** Which model, and where it is held. */
final class ModelOptions implements Checked {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model: a directory as Hugging Face lays it out.")
  Path model;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "DEVICE",
      description = "cpu, cuda, cuda:1, or auto, the first GPU if there is one (${DEFAULT-VALUE}).")
  String device;

  @Option(
      names = "--precision",
      defaultValue = "float32",
      paramLabel = "TYPE",
      description =
          "float32, bfloat16_weights (half the memory), or bfloat16, for GPUs (${DEFAULT-VALUE}).")
  Precision precision;

  private Tokenization tokenization = Tokenization.standard();

  @Override
  public void check() {
    try {
      Placement unused = Placement.on(device);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--" + e.getMessage(), e);
    }
  }

  @Override
  public void requireInputs() {
    ModelFolder.require("--model", model);
  }

  LanguageModel load() {
    return load(model);
  }

  /** Loads the model; others that are loaded after it read texts in the same way. */
  LanguageModel load(Tokenization texts) {
    tokenization = texts;
    return load();
  }

  LanguageModel load(Path directory) {
    return LanguageModel.load(directory, Placement.on(device).precision(precision), tokenization);
  }
}
