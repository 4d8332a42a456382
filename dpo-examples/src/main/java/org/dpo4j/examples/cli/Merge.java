package org.dpo4j.examples.cli;

import com.google.common.base.Joiner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpo4j.torch.Dtype;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.SavedCheckpoint;
import org.dpo4j.torch.TorchPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model with an adapter merged into it. */
@Command(
    name = "merge",
    description = {
      "Merges an adapter into its model: a full checkpoint with the tokenizer and the chat templates, each tensor in",
      "the type it has. --precision says only how the model is held meanwhile."
    })
final class Merge implements Callable<Integer>, Checked {

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

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "What all weights are written in: float32, bfloat16 or float16; by default what each is in already.")
  private Optional<Dtype> dtype = Optional.empty();

  private @Spec CommandSpec spec;

  @Override
  public void check() {
    WhereTo.requireDirectory(out);
    if (isSame(out, model.model)) {
      throw new IllegalArgumentException(
          "--out must not be --model's own folder, whose weights are in use, got " + out);
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + one + ": " + e, e);
    }
  }

  @Override
  public void requireInputs() {
    ModelFolder.requireAdapter("--adapter", model.model, adapter);
  }

  @Override
  public Integer call() {
    try (LanguageModel loaded = model.load()) {
      TorchPolicy policy = loaded.loadAdapter("merged", adapter).trainCopyOf("merged");
      SavedCheckpoint saved =
          dtype.isPresent() ? policy.saveMerged(out, dtype.get()) : policy.saveMerged(out);
      tell(saved, spec.commandLine().getErr());
    }
    spec.commandLine().getOut().println(out);
    return 0;
  }

  /** Says which of the model's files came along, and which did not. */
  static void tell(SavedCheckpoint saved, PrintWriter err) {
    err.println("copied from the model: " + Joiner.on(", ").join(saved.copied()));
    if (!saved.left().isEmpty()) {
      err.println("not copied: " + Joiner.on(", ").join(saved.left()));
    }
  }
}
