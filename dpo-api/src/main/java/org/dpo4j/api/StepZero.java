package org.dpo4j.api;

import java.util.Locale;
import java.util.OptionalDouble;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.loss.PairObjective;

/**
 * The loss before the first update, compared with what it would be if policy and reference were
 * equal: ln 2 for DPO. When they should be equal (a fresh adapter, a frozen copy) and the losses
 * differ, something is wrong with the set-up, and no later curve would show it. Margins of pairs
 * shift both: −log σ(−m) for a pair of DPO.
 *
 * @param loss the loss of the first micro-batch
 * @param lossAtReference the same with the policy's log-probs in the reference's place
 * @param lossWithoutMargins what policy = reference would give if no pair had a margin; empty if
 *     none has one
 * @param meanAbsoluteLogRatio mean |log π/π_ref| of a completion, nats; 0 where they are equal
 */
public record StepZero(
    double loss,
    double lossAtReference,
    OptionalDouble lossWithoutMargins,
    double meanAbsoluteLogRatio) {

  private static final double TOLERANCE = 1e-4;
  private static final double MAX_LOG_RATIO = 0.05;

  /** Compares, on a batch with a reference. */
  static StepZero of(PairBatch batch, PairObjective objective, double beta) {
    double loss = objective.differentiate(batch, beta).loss();
    PairBatch equal = batch.withReference(batch.policy());
    double atReference = objective.differentiate(equal, beta).loss();
    boolean hasMargins = batch.labels().stream().anyMatch(label -> label.margin() > 0);
    PairBatch plain =
        equal.withLabels(batch.labels().stream().map(label -> label.withMargin(0)).toList());
    double sum = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      sum +=
          Math.abs(batch.pair(i).chosen().logRatio())
              + Math.abs(batch.pair(i).rejected().logRatio());
    }
    return new StepZero(
        loss,
        atReference,
        hasMargins
            ? OptionalDouble.of(objective.differentiate(plain, beta).loss())
            : OptionalDouble.empty(),
        sum / (2 * batch.size()));
  }

  /**
   * Whether policy and reference start equal.
   *
   * @return true if the losses agree to 1e-4 relative and log-ratios are below 0.05 nats a
   *     completion on average, which leaves room for the rounding of low precision
   */
  public boolean startsAtReference() {
    double tolerance = TOLERANCE * Math.max(1.0, Math.abs(lossAtReference));
    return Math.abs(loss - lossAtReference) <= tolerance && meanAbsoluteLogRatio <= MAX_LOG_RATIO;
  }

  /**
   * The comparison in words.
   *
   * @return one sentence, or two when policy and reference differ
   */
  public String explanation() {
    return startsAtReference()
        ? String.format(
            Locale.ROOT, "step-0 loss %.4f is what policy = reference gives%s", loss, withMargins())
        : String.format(
            Locale.ROOT,
            "the policy does not start at the reference: they differ by %.3g nats a completion, and"
                + " the step-0 loss is %.4f where policy = reference gives %.4f%s. Expected when the"
                + " reference is another model than the one the policy starts from; otherwise check"
                + " which adapter, weights or dropout the policy has and the reference has not",
            meanAbsoluteLogRatio,
            loss,
            lossAtReference,
            withMargins());
  }

  private String withMargins() {
    return lossWithoutMargins.isPresent()
        ? String.format(
            Locale.ROOT,
            " with the pairs' margins in it (%.4f without them)",
            lossWithoutMargins.getAsDouble())
        : "";
  }
}
