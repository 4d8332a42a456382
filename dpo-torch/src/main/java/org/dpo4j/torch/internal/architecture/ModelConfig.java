package org.dpo4j.torch.internal.architecture;

/** A placeholder while the reader is being written. */
public final class ModelConfig {
  private ModelConfig() {}
}
