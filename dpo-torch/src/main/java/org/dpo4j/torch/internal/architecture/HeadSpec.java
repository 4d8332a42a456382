package org.dpo4j.torch.internal.architecture;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Hidden states to logits: {@code z = h Wᵀ (+ b)}, with a soft cap {@code c·tanh(z/c)}.
 *
 * @param weight name of W, {@code [vocabulary, width]}; the embedding's if tied
 * @param tied whether W is the embedding
 * @param bias name of b, {@code [vocabulary]}
 * @param softCap c, where logits are capped
 */
public record HeadSpec(
    String weight, boolean tied, Optional<String> bias, OptionalDouble softCap) {}
