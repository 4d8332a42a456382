package org.dpo4j.torch.internal.peft;

import com.google.common.hash.Hashing;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.dpo4j.torch.internal.architecture.LinearSpec;

/**
 * Adapters before training, as Hu et al. 2021 (arXiv 2106.09685) and PEFT start them: B is zero, so
 * that the adapter changes nothing, and A is uniform in (−1/√in, 1/√in), Kaiming's distribution
 * with a = √5.
 *
 * <p>The numbers are those of a {@link SplittableRandom} (SplitMix64), 24 bits each, whose seed is
 * the first 8 bytes, little-endian, of SHA-256 over the adapter's seed (8 bytes, little-endian) and
 * the module's path (UTF-8). So they depend on neither the order of the modules nor on which others
 * are adapted.
 */
public final class LoraStart {

  private static final int BITS = 24;

  private LoraStart() {}

  /**
   * LoRA on a module before training.
   *
   * @param linear the module
   * @param scale rank and factor
   * @param seed the adapter's; the same seed gives the same numbers on every machine
   * @return A drawn, B zero
   */
  public static LoraModule on(LinearSpec linear, LoraScale scale, long seed) {
    SplittableRandom random = new SplittableRandom(seedOf(linear, seed));
    float bound = (float) (1 / Math.sqrt(linear.in()));
    return new LoraModule(
        linear,
        scale,
        Matrix.filled(scale.rank(), linear.in(), numbers -> draw(random, bound, numbers)),
        Matrix.zeros(linear.out(), scale.rank()));
  }

  private static long seedOf(LinearSpec linear, long seed) {
    return Hashing.sha256()
        .newHasher()
        .putLong(seed)
        .putString(linear.module(), StandardCharsets.UTF_8)
        .hash()
        .asLong();
  }

  private static void draw(SplittableRandom random, float bound, FloatBuffer numbers) {
    while (numbers.hasRemaining()) {
      // Odd multiples of 2⁻²⁴: symmetric about 0, and the bound is never reached.
      long odd = 2 * (random.nextLong() >>> (Long.SIZE - BITS)) + 1;
      numbers.put(bound * ((odd - (1L << BITS)) * 0x1p-24f));
    }
  }
}
