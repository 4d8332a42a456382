package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;

/**
 * A family of checkpoints: how its configuration describes a decoder, and how its files name the
 * decoder's tensors.
 */
public interface Architecture {

  /**
   * The {@code model_type}s of {@code config.json} it reads.
   *
   * @return at least one
   */
  ImmutableSet<String> modelTypes();

  /**
   * Reads a configuration.
   *
   * @param config the configuration
   * @return the decoder
   * @throws IllegalArgumentException if a field is missing, out of range or asks for something that
   *     is not supported; the message names file, field, value and rule
   */
  DecoderSpec describe(ModelConfig config);

  /**
   * Whether a tensor of the checkpoint may be left unread: buffers that older versions of
   * transformers saved.
   *
   * @param tensor its name in the file
   * @return true if it carries nothing the decoder needs
   */
  default boolean ignores(String tensor) {
    return tensor.endsWith(".rotary_emb.inv_freq");
  }

  /**
   * What the decoder calls a tensor of the checkpoint. Some files of a family use other names.
   *
   * @param tensor its name in the file
   * @return its name in {@link DecoderSpec#weights()}
   */
  default String nameOf(String tensor) {
    return tensor;
  }
}
