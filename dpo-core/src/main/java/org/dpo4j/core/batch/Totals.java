package org.dpo4j.core.batch;

import org.dpo4j.core.math.Check;

/**
 * What a mean is taken over. A batch split for gradient accumulation carries the totals of the
 * whole, so that the parts' losses and gradients add up to those of the whole exactly.
 *
 * @param examples pairs, completions or rankings, ≥ 1
 * @param targetTokens tokens of chosen (or desirable) completions, over which SFT takes its mean, ≥
 *     0
 */
public record Totals(long examples, long targetTokens) {

  /** Checks the ranges. */
  public Totals {
    Check.that(examples >= 1, "examples must be ≥ 1, got %d", examples);
    Check.that(targetTokens >= 0, "targetTokens must be ≥ 0, got %d", targetTokens);
  }

  /** These totals, refused if they are smaller than those of a part. */
  Totals covering(Totals part) {
    Check.that(
        examples >= part.examples && targetTokens >= part.targetTokens,
        "totals must cover the batch itself: %s is less than %s",
        this,
        part);
    return this;
  }
}
