package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableSet;

/** A family of checkpoints: how its configuration describes a decoder. */
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
   * @param tensor its name
   * @return true if it carries nothing the decoder needs
   */
  default boolean ignores(String tensor) {
    return false;
  }
}
