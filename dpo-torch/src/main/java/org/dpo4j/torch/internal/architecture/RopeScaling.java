package org.dpo4j.torch.internal.architecture;

import com.google.common.primitives.ImmutableDoubleArray;
import java.util.stream.IntStream;

/**
 * How rotary frequencies are stretched to sequences longer than the model was pretrained on. With
 * rotary width d and base θ the plain frequencies are {@code f_i = θ^(−2i/d)} (Su et al. 2021,
 * arXiv 2104.09864, section 3.2.2).
 */
sealed interface RopeScaling {

  /**
   * The scaled frequencies.
   *
   * @param theta θ &gt; 1
   * @param width d, even
   * @return {@code [d / 2]}, radians a position
   */
  ImmutableDoubleArray inverseFrequencies(double theta, int width);

  /** What cosine and sine are multiplied by. */
  default double magnitude() {
    return 1;
  }

  /** {@code f_i} as it is. */
  record None() implements RopeScaling {
    @Override
    public ImmutableDoubleArray inverseFrequencies(double theta, int width) {
      return ImmutableDoubleArray.copyOf(
          IntStream.range(0, width / 2).mapToDouble(i -> plain(theta, width, i)));
    }
  }

  /**
   * Position interpolation: {@code f_i / s} (Chen et al. 2023, arXiv 2306.15595, equation 4).
   *
   * @param factor s
   */
  record Linear(double factor) implements RopeScaling {
    @Override
    public ImmutableDoubleArray inverseFrequencies(double theta, int width) {
      return ImmutableDoubleArray.copyOf(
          IntStream.range(0, width / 2).mapToDouble(i -> plain(theta, width, i) / factor));
    }
  }

  /**
   * The rule of Llama 3.1 (its released code, {@code apply_scaling}): with {@code r = L f_i / 2π},
   * the turns within the original context, {@code γ = (r − low) / (high − low)} clamped to [0, 1]
   * gives {@code (1 − γ) f_i / s + γ f_i}.
   *
   * @param factor s
   * @param low turns up to which a frequency is interpolated
   * @param high turns from which it is kept; &gt; {@code low}
   * @param originalPositions L
   */
  record Llama3(double factor, double low, double high, int originalPositions)
      implements RopeScaling {
    @Override
    public ImmutableDoubleArray inverseFrequencies(double theta, int width) {
      return ImmutableDoubleArray.copyOf(
          IntStream.range(0, width / 2).mapToDouble(i -> scaled(plain(theta, width, i))));
    }

    private double scaled(double frequency) {
      double turns = originalPositions * frequency / (2 * Math.PI);
      return mix(frequency / factor, frequency, clamp((turns - low) / (high - low)));
    }
  }

  /**
   * YaRN (Peng et al. 2023, arXiv 2309.00071, section 3.2, "NTK-by-parts"), with the ramp over the
   * index i as in the authors' code and in transformers: dimension {@code i(r) = d ln(L / 2πr) / (2
   * ln θ)} makes r turns within the original context; frequencies below {@code i(fast)} are kept,
   * those above {@code i(slow)} divided by s, those between mixed linearly.
   *
   * @param factor s
   * @param fast β, turns from which a frequency is kept
   * @param slow α, turns up to which it is interpolated
   * @param originalPositions L
   * @param truncate whether the ramp's ends are rounded outwards to whole indices
   * @param magnitude for cosine and sine; {@link #magnitude(double, double)}
   */
  record Yarn(
      double factor,
      double fast,
      double slow,
      int originalPositions,
      boolean truncate,
      double magnitude)
      implements RopeScaling {
    @Override
    public ImmutableDoubleArray inverseFrequencies(double theta, int width) {
      double first = index(fast, theta, width);
      double last = index(slow, theta, width);
      double from = Math.max(truncate ? Math.floor(first) : first, 0);
      double end = Math.min(truncate ? Math.ceil(last) : last, width - 1);
      // A ramp of no length would divide by zero; this is the step transformers makes of it.
      double to = from == end ? end + 0.001 : end;
      return ImmutableDoubleArray.copyOf(
          IntStream.range(0, width / 2)
              .mapToDouble(
                  i -> {
                    double frequency = plain(theta, width, i);
                    return mix(frequency, frequency / factor, clamp((i - from) / (to - from)));
                  }));
    }

    /**
     * {@code 0.1 k ln s + 1}, with k = 1 the √(1/t) of equation 22; 1 where nothing is stretched.
     */
    static double magnitude(double factor, double k) {
      return factor <= 1 ? 1 : 0.1 * k * Math.log(factor) + 1;
    }

    private double index(double turns, double theta, int width) {
      return width * Math.log(originalPositions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
  }

  private static double plain(double theta, int width, int i) {
    return Math.pow(theta, -2.0 * i / width);
  }

  private static double mix(double atZero, double atOne, double share) {
    return (1 - share) * atZero + share * atOne;
  }

  private static double clamp(double share) {
    return Math.max(0, Math.min(1, share));
  }
}
