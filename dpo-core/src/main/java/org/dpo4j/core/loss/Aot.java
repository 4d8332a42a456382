package org.dpo4j.core.loss;

import com.google.common.collect.Ordering;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * Alignment via Optimal Transport (Melnyk et al. 2024, arXiv 2406.05882): asks that the
 * <em>distribution</em> of chosen rewards dominates that of rejected ones, by comparing quantiles,
 * that is, sorted values, over the batch:
 *
 * <pre>{@code
 * \mathcal{L} = \frac1n \sum_i -(1 - \epsilon) \log \sigma(\beta d_i) - \epsilon \log \sigma(-\beta d_i)
 * \text{paired:}\ d = \mathrm{sort}(\log \pi(y_w) - \log \pi(y_l)) - \mathrm{sort}(\log \pi_{ref}(y_w) - \log \pi_{ref}(y_l))
 * \text{unpaired:}\ d = \mathrm{sort}(a) - \mathrm{sort}(b)
 * \frac{\partial \mathcal{L}}{\partial d_i} = -\frac{\beta}{n} \big[(1 - \epsilon)\, \sigma(-\beta d_i) - \epsilon\, \sigma(\beta d_i)\big]
 * }</pre>
 *
 * <p>The sort couples the batch: quantiles are those of the micro-batch, so splitting a batch for
 * accumulation changes the loss, and a batch of one is plain (c)DPO. For the same reason a pair's
 * own weight or noise has no meaning here and is refused.
 *
 * @param variant what is sorted
 * @param epsilon ε in [0, ½), the label smoothing
 */
public record Aot(Variant variant, double epsilon) implements PairObjective {

  /** What is sorted. */
  public enum Variant {
    /** The difference within each pair, for policy and reference. */
    PAIRED,
    /**
     * The chosen and the rejected log-ratios, each among themselves: which rejected belongs to
     * which chosen does not matter.
     */
    UNPAIRED
  }

  /** Checks ε. */
  public Aot {
    Check.labelNoise("epsilon", epsilon);
  }

  @Override
  public String name() {
    return variant == Variant.PAIRED ? "aot" : "aot-unpaired";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.coupled();
  }

  @Override
  public void checkLabel(PairLabel label) {
    Check.that(
        label.weight() == 1.0 && label.noise().isEmpty(),
        "loss '%s' compares sorted batches and cannot use a pair's own weight or noise, got %s",
        name(),
        label);
  }

  @Override
  public LossGradient differentiate(PairBatch batch, double beta) {
    batch.labels().forEach(this::checkLabel);
    return variant == Variant.PAIRED ? paired(batch, beta) : unpaired(batch, beta);
  }

  private LossGradient paired(PairBatch batch, double beta) {
    double[] policy =
        perPair(batch, i -> batch.pair(i).chosen().logProb() - batch.pair(i).rejected().logProb());
    double[] reference =
        perPair(
            batch,
            i ->
                batch.pair(i).chosen().referenceLogProb()
                    - batch.pair(i).rejected().referenceLogProb());
    int[] policyOrder = ascending(policy);
    int[] referenceOrder = ascending(reference);
    double[] gradient = new double[2 * batch.size()];
    double loss = 0.0;
    for (int rank = 0; rank < batch.size(); rank++) {
      int pair = policyOrder[rank];
      double d = policy[pair] - reference[referenceOrder[rank]];
      double slope = slope(d, beta) / batch.totals().examples();
      loss += loss(d, beta) / batch.totals().examples();
      gradient[2 * pair] = slope;
      gradient[2 * pair + 1] = -slope;
    }
    return new LossGradient(loss, batch.spread(gradient));
  }

  private LossGradient unpaired(PairBatch batch, double beta) {
    double[] a = perPair(batch, i -> batch.pair(i).chosen().logRatio());
    double[] b = perPair(batch, i -> batch.pair(i).rejected().logRatio());
    int[] orderA = ascending(a);
    int[] orderB = ascending(b);
    double[] gradient = new double[2 * batch.size()];
    double loss = 0.0;
    for (int rank = 0; rank < batch.size(); rank++) {
      double d = a[orderA[rank]] - b[orderB[rank]];
      double slope = slope(d, beta) / batch.totals().examples();
      loss += loss(d, beta) / batch.totals().examples();
      gradient[2 * orderA[rank]] = slope;
      gradient[2 * orderB[rank] + 1] = -slope;
    }
    return new LossGradient(loss, batch.spread(gradient));
  }

  private double loss(double d, double beta) {
    return -(1.0 - epsilon) * LogSpace.logSigmoid(beta * d)
        - epsilon * LogSpace.logSigmoid(-beta * d);
  }

  private double slope(double d, double beta) {
    return -beta
        * ((1.0 - epsilon) * LogSpace.sigmoid(-beta * d) - epsilon * LogSpace.sigmoid(beta * d));
  }

  private static double[] perPair(PairBatch batch, IntToDoubleFunction value) {
    return IntStream.range(0, batch.size()).mapToDouble(value).toArray();
  }

  private static int[] ascending(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Ordering.natural().onResultOf(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
