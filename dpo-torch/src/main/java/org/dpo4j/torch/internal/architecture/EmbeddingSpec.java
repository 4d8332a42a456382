package org.dpo4j.torch.internal.architecture;

import java.util.Optional;

/**
 * Token ids to hidden states: {@code x = s · E[id] (+ P[position])}.
 *
 * @param tokens name of E, {@code [vocabulary, width]}
 * @param positions name of P, {@code [max positions, width]}, where positions are learned
 * @param scale s; 1 but for the Gemma family
 */
public record EmbeddingSpec(String tokens, Optional<String> positions, double scale) {}
