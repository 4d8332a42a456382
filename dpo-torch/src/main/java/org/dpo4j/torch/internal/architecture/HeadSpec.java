package org.dpo4j.torch.internal.architecture;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Hidden states to logits: {@code z = h Wᵀ (+ b)}, with a soft cap {@code c·tanh(z/c)}.
 *
 * @param embedding name of the embedding, which W is if tied
 * @param own name of W, {@code [vocabulary, width]}, if it is not
 * @param tied whether W is the embedding
 * @param bias name of b, {@code [vocabulary]}
 * @param softCap c, where logits are capped
 */
public record HeadSpec(
    String embedding, String own, boolean tied, Optional<String> bias, OptionalDouble softCap) {

  /**
   * The tensor that is W.
   *
   * @return its name
   */
  public String weight() {
    return tied ? embedding : own;
  }

  /** The same head with a W of its own. */
  HeadSpec untied() {
    return new HeadSpec(embedding, own, false, bias, softCap);
  }
}
