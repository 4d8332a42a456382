package org.dpo4j.api.monitor;

import java.util.Locale;
import java.util.stream.DoubleStream;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;
import org.dpo4j.core.theory.SampledKl;

/**
 * Whether a reference is still of use for a policy that has moved: for those who train in rounds,
 * and wonder when to make the policy the new reference.
 *
 * @param forward KL(policy‖reference), from the policy's samples
 * @param backward KL(reference‖policy), from the reference's
 * @param pairs how many pairs were scored
 * @param saturated share of pairs that no longer pull: their gradient weight is below 0.05
 * @param gradientWeight mean over pairs; ½ where policy = reference
 * @param accuracy share of pairs in order
 */
public record ReferenceCheck(
    SampledKl forward,
    SampledKl backward,
    int pairs,
    double saturated,
    double gradientWeight,
    double accuracy) {

  private static final double NO_PULL = 0.05;
  private static final double MOST_SATURATED = 0.5;
  private static final double LEAST_WEIGHT = 0.15;
  private static final double FAR = 30.0;

  /** What to do. */
  public enum Verdict {
    /** The log-ratio still says something about most pairs. */
    KEEP,
    /** Intervals are too wide for a verdict. */
    UNCERTAIN,
    /** The log-ratio says little that is new: make the policy the reference. */
    RENEW
  }

  /**
   * Checks.
   *
   * @param forward KL(policy‖reference), from the policy's samples
   * @param backward KL(reference‖policy), from the reference's
   * @param margins {@code [pairs]}: r̂_w − r̂_l of each pair, at least one
   * @return the check
   */
  public static ReferenceCheck of(SampledKl forward, SampledKl backward, double... margins) {
    Check.that(margins.length >= 1, "margins must have at least one pair, got none");
    double[] weights = DoubleStream.of(margins).map(z -> LogSpace.sigmoid(-z)).toArray();
    return new ReferenceCheck(
        forward,
        backward,
        margins.length,
        DoubleStream.of(weights).filter(weight -> weight < NO_PULL).count()
            / (double) margins.length,
        DoubleStream.of(weights).average().orElseThrow(),
        DoubleStream.of(margins).filter(z -> z > 0).count() / (double) margins.length);
  }

  /**
   * Whether to go on with this reference.
   *
   * @return renew, if more than half of the pairs no longer pull, if the mean gradient weight is
   *     below 0.15, or if either KL is surely above 30 nats; uncertain, if one may be; else keep
   */
  public Verdict verdict() {
    if (saturated > MOST_SATURATED
        || gradientWeight < LEAST_WEIGHT
        || Math.max(forward.low(), backward.low()) > FAR) {
      return Verdict.RENEW;
    }
    return Math.max(forward.high(), backward.high()) > FAR ? Verdict.UNCERTAIN : Verdict.KEEP;
  }

  /**
   * The verdict for a person.
   *
   * @return a sentence or two
   */
  public String advice() {
    return switch (verdict()) {
      case KEEP -> "keep the reference: the log-ratio is still a signal for most of the pairs";
      case UNCERTAIN ->
          "uncertain: the policy may be far from the reference; sample more prompts to know";
      case RENEW ->
          saturated > MOST_SATURATED || gradientWeight < LEAST_WEIGHT
              ? "renew the reference (merge the policy and start from it), or stop: most pairs are learnt, and hardly"
                  + " pull any more"
              : "renew the reference (merge the policy and start from it): the policy writes what the reference would"
                  + " not, so that their ratio says little about it";
    };
  }

  /** A few lines for a person. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "KL(policy || reference)   %s, of %d samples%n"
            + "KL(reference || policy)   %s, of %d samples%n"
            + "pairs in order            %.1f %% of %d%n"
            + "saturated pairs           %.1f %%%n"
            + "mean gradient weight      %.3f, %.0f %% of what it is at the start%n"
            + "verdict                   %s",
        forward,
        forward.samples(),
        backward,
        backward.samples(),
        100 * accuracy,
        pairs,
        100 * saturated,
        gradientWeight,
        200 * gradientWeight,
        advice());
  }
}
