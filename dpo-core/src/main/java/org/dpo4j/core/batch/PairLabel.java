package org.dpo4j.core.batch;

import java.util.OptionalDouble;
import org.dpo4j.core.math.Check;

/**
 * What is known about one preference beyond which side won.
 *
 * @param weight multiplies the pair's loss, ≥ 0; 1 by default
 * @param margin by how much the chosen side should win, in units of reward (nats, as β·log-ratio
 *     is), ≥ 0; 0 by default. Losses that take a margin say so in their {@code traits()}
 * @param noise probability in [0, ½) that the label is the wrong way round: an annotator agreement
 *     of 0.8 is a noise of 0.2; empty by default, which leaves the loss to its own label smoothing
 */
public record PairLabel(double weight, double margin, OptionalDouble noise) {

  /** A preference about which nothing else is known. */
  public static final PairLabel PLAIN = new PairLabel(1.0, 0.0, OptionalDouble.empty());

  /** Checks the ranges. */
  public PairLabel {
    Check.nonNegative("weight", weight);
    Check.nonNegative("margin", margin);
    noise.ifPresent(value -> Check.labelNoise("label noise", value));
  }

  /**
   * This label with another weight.
   *
   * @param newWeight ≥ 0
   * @return the changed label
   */
  public PairLabel withWeight(double newWeight) {
    return new PairLabel(newWeight, margin, noise);
  }

  /**
   * This label with another margin.
   *
   * @param newMargin ≥ 0
   * @return the changed label
   */
  public PairLabel withMargin(double newMargin) {
    return new PairLabel(weight, newMargin, noise);
  }

  /**
   * This label with a known noise.
   *
   * @param newNoise in [0, ½)
   * @return the changed label
   */
  public PairLabel withNoise(double newNoise) {
    return new PairLabel(weight, margin, OptionalDouble.of(newNoise));
  }
}
