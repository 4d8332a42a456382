package org.dpo4j.torch.internal.generation;

/**
 * Random numbers found by place, not by turn: the noise of a token at a place of a text is the same
 * whatever else is generated beside it. Bits are those of SplitMix64 (Steele, Lea and Flood 2014).
 *
 * @param key of one place
 */
public record Noise(long key) {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final double LN_2 = Math.log(2);

  /**
   * The noise of one place.
   *
   * @param seed of the call
   * @param prompt index of the prompt
   * @param sample index of the continuation
   * @param place index of the token in it
   * @return the noise
   */
  public static Noise at(long seed, int prompt, int sample, int place) {
    return new Noise(mix(mix(mix(mix(seed) + prompt) + sample) + place));
  }

  /** Random bits for a token. */
  long bits(int token) {
    return mix(key + GOLDEN * (token + 1L));
  }

  /**
   * A number of the Gumbel distribution, {@code −log(−log u)} with u uniform: adding it to log p of
   * each token and taking the largest is drawing from p.
   */
  static double gumbel(long bits) {
    double v = ((bits >>> 11) + 0.5) * 0x1p-53; // 1 − u, in (0, 1)
    return -Math.log(-Math.log1p(-v));
  }

  /** At least {@link #gumbel} of the same bits, and much cheaper. */
  static double gumbelBound(long bits) {
    return (Long.numberOfLeadingZeros(bits) + 1) * LN_2;
  }

  private static long mix(long z) {
    long a = z + GOLDEN;
    long b = (a ^ (a >>> 30)) * 0xbf58476d1ce4e5b9L;
    long c = (b ^ (b >>> 27)) * 0x94d049bb133111ebL;
    return c ^ (c >>> 31);
  }
}
