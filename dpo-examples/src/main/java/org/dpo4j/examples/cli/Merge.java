package org.dpo4j.examples.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dpo4j.torch.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model with an adapter merged into it. */
@Command(name = "merge", description = "Merges an adapter into its model: a full checkpoint.")
final class Merge implements Callable<Integer> {

  @Mixin private ModelOptions model;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The adapter, in PEFT's layout.")
  private Path adapter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the checkpoint goes; not the model's own directory.")
  private Path out;

  private @Spec CommandSpec spec;

  @Override
  public Integer call() {
    try (LanguageModel loaded = model.load()) {
      loaded.loadAdapter("merged", adapter).trainCopyOf("merged").saveMerged(out);
    }
    spec.commandLine().getOut().println(out);
    return 0;
  }
}
