package org.dpo4j.torch.internal.architecture;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * A normalisation over the last dimension.
 *
 * @param kind the formula
 * @param weight name of w, {@code [width]}
 * @param bias name of b, {@code [width]}; only with {@link Kind#LAYER}
 * @param width of what is normalised
 * @param epsilon ε &gt; 0
 */
public record NormSpec(Kind kind, String weight, Optional<String> bias, int width, double epsilon) {

  /** Which formula. */
  public enum Kind {
    /** {@code w · x / √(mean(x²) + ε)} (Zhang and Sennrich 2019, arXiv 1910.07467, equation 4). */
    RMS,
    /** The same with 1 + w in place of w, as in the Gemma family. */
    RMS_PLUS_ONE,
    /** {@code w · (x − mean(x)) / √(var(x) + ε) + b} (Ba et al. 2016, arXiv 1607.06450). */
    LAYER
  }

  ImmutableMap<String, TensorShape> weights() {
    ImmutableMap.Builder<String, TensorShape> weights = ImmutableMap.builder();
    weights.put(weight, TensorShape.of(width));
    bias.ifPresent(name -> weights.put(name, TensorShape.of(width)));
    return weights.buildOrThrow();
  }
}
