package org.dpo4j.torch.internal.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.files.ModelFile;

/** An adapter from its files. */
final class AdapterReader {

  private AdapterReader() {}

  /**
   * What a directory holds.
   *
   * @param adapter modules in the order of the forward pass
   * @param head {@code [1, width]}, if the task has one
   */
  record Adapted(PeftAdapter adapter, Optional<Matrix> head) {}

  static Adapted read(Path directory, AdapterTask task, DecoderSpec decoder) {
    AdapterConfig settings = settings(directory, task);
    AdapterTensors.Tensors tensors =
        AdapterTensors.read(directory.resolve(AdapterTensors.FILE), settings, task, decoder);
    return new Adapted(
        new PeftAdapter(tensors.modules(), settings.dropout(), settings.baseModel()),
        tensors.head());
  }

  /** Refuses an adapter that is not for a decoder, without reading its weights. */
  static void check(Path directory, AdapterTask task, DecoderSpec decoder) {
    AdapterTensors.check(
        directory.resolve(AdapterTensors.FILE), settings(directory, task), task, decoder);
  }

  private static AdapterConfig settings(Path directory, AdapterTask task) {
    Path config = directory.resolve(AdapterConfig.FILE);
    Path weights = directory.resolve(AdapterTensors.FILE);
    Check.that(
        Files.exists(config),
        "%s: must hold an adapter as PEFT saves it, has no %s",
        directory,
        AdapterConfig.FILE);
    Check.that(
        Files.exists(weights) || !Files.exists(directory.resolve("adapter_model.bin")),
        "%s: adapter_model.bin is a pickle, which may run code when it is opened, and never is; save"
            + " the adapter as %s",
        directory,
        AdapterTensors.FILE);
    Check.that(
        Files.exists(weights),
        "%s: must hold an adapter as PEFT saves it, has no %s",
        directory,
        AdapterTensors.FILE);
    ModelFile.check(directory, config);
    ModelFile.check(directory, weights);
    return AdapterConfig.read(config, task);
  }
}
