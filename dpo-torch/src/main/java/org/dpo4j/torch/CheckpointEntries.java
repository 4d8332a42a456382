package org.dpo4j.torch;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.nio.file.Path;
import java.util.Objects;
import org.dpo4j.torch.internal.architecture.Architecture;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.WeightCheck;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/** A checkpoint's tensors by the names the decoder has for them. */
final class CheckpointEntries {

  private CheckpointEntries() {}

  static ImmutableMap<String, TensorEntry> read(
      Path directory, Architecture architecture, DecoderSpec spec) {
    ImmutableMap<String, TensorEntry> found = Checkpoint.read(directory);
    ImmutableMap<String, String> names =
        WeightCheck.match(
            architecture, spec, Maps.transformValues(found, TensorEntry::shape), directory);
    ImmutableMap.Builder<String, TensorEntry> entries = ImmutableMap.builder();
    names.forEach((name, inFile) -> entries.put(name, Objects.requireNonNull(found.get(inFile))));
    return entries.buildOrThrow();
  }
}
