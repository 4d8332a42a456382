package org.dpo4j.torch;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.nio.file.Path;
import java.util.Objects;
import org.dpo4j.torch.internal.architecture.Architecture;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.HeadSpec;
import org.dpo4j.torch.internal.architecture.WeightCheck;
import org.dpo4j.torch.internal.safetensors.Checkpoint;
import org.dpo4j.torch.internal.safetensors.TensorEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint's tensors by the names the decoder has for them.
 *
 * @param decoder as the configuration describes it, but for a head that was trained apart from the
 *     embedding it is said to be tied to
 * @param tensors all that the decoder reads, and no others
 */
record CheckpointEntries(DecoderSpec decoder, ImmutableMap<String, TensorEntry> tensors) {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointEntries.class);

  /**
   * Finds a decoder's tensors.
   *
   * <p>Where the configuration ties the head to the embedding and the file has a head of its own,
   * the numbers decide, as in transformers: a copy of the embedding is not read, and another one is
   * the head. That is logged.
   */
  static CheckpointEntries read(Path directory, Architecture architecture, DecoderSpec described) {
    ImmutableMap<String, TensorEntry> found = Checkpoint.read(directory);
    HeadSpec head = described.head();
    boolean hasBoth =
        head.tied()
            && found.keySet().stream().map(architecture::nameOf).anyMatch(head.own()::equals);
    DecoderSpec decoder = hasBoth ? described.untied() : described;
    ImmutableMap<String, TensorEntry> tensors = match(architecture, decoder, found, directory);
    if (!hasBoth) {
      return new CheckpointEntries(decoder, tensors);
    }
    TensorEntry own = Objects.requireNonNull(tensors.get(head.own()));
    TensorEntry embedding = Objects.requireNonNull(tensors.get(head.embedding()));
    if (own.holdsSame(embedding)) {
      return new CheckpointEntries(
          described,
          ImmutableMap.copyOf(Maps.filterKeys(tensors, name -> !name.equals(head.own()))));
    }
    LOG.warn(
        "{}: config.json ties the head to the embedding, but {} and {} are not equal: the head is the file's, as in"
            + " transformers; tie_word_embeddings should be false",
        directory,
        own.name(),
        embedding.name());
    return new CheckpointEntries(decoder, tensors);
  }

  private static ImmutableMap<String, TensorEntry> match(
      Architecture architecture,
      DecoderSpec decoder,
      ImmutableMap<String, TensorEntry> found,
      Path directory) {
    ImmutableMap<String, String> names =
        WeightCheck.match(
            architecture, decoder, Maps.transformValues(found, TensorEntry::shape), directory);
    ImmutableMap.Builder<String, TensorEntry> entries = ImmutableMap.builder();
    names.forEach((name, inFile) -> entries.put(name, Objects.requireNonNull(found.get(inFile))));
    return entries.buildOrThrow();
  }
}
