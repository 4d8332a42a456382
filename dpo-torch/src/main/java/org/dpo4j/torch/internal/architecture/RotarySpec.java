package org.dpo4j.torch.internal.architecture;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864, equation 34) of the first dimensions
 * of each head: {@code 2 · inverseFrequencies.length()} of them; the others pass unchanged.
 *
 * @param inverseFrequencies θ_i in radians a position, after scaling; {@code [rotary width / 2]}
 * @param magnitude multiplies cosine and sine; 1 unless the scaling rule asks for more
 * @param pairing which dimensions turn together
 */
public record RotarySpec(
    ImmutableDoubleArray inverseFrequencies, double magnitude, Pairing pairing) {

  /** Which two dimensions form a plane. */
  public enum Pairing {
    /** i and i + rotary width / 2 (GPT-NeoX, Llama and most since). */
    HALVES,
    /** 2i and 2i + 1 (the paper, GPT-J). */
    NEIGHBOURS
  }
}
