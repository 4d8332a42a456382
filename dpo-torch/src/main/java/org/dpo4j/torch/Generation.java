package org.dpo4j.torch;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableIntArray;
import org.dpo4j.core.math.Check;

/**
 * A continuation of a prompt.
 *
 * @param prompt index of the prompt
 * @param sample index among the continuations of that prompt
 * @param text what was generated, without special tokens and without what stopped it
 * @param tokenIds every token drawn, a token that ended the text or a stop text included
 * @param logProbs log-probability of each token under the model itself, nats: at temperature 1,
 *     without penalty, nothing left out. What scoring the ids gives
 * @param finishReason why it ended
 */
public record Generation(
    int prompt,
    int sample,
    String text,
    ImmutableIntArray tokenIds,
    ImmutableDoubleArray logProbs,
    FinishReason finishReason) {

  /** Why a continuation ended. */
  public enum FinishReason {
    /** A token or a text that ends it was drawn. */
    STOP,
    /** It has as many tokens as it may have, or as the model takes. */
    LENGTH,
    /** It was asked to stop; perhaps before it began. */
    CANCELLED
  }

  /** Checks that each token has its log-probability. */
  public Generation {
    Check.that(
        tokenIds.length() == logProbs.length(),
        "logProbs must be one a token (%d), got %d",
        tokenIds.length(),
        logProbs.length());
  }

  /**
   * The continuation's log-probability.
   *
   * @return the sum over its tokens, nats
   */
  public double logProb() {
    return logProbs.stream().sum();
  }
}
