package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.ScoredCompletion;

/**
 * A loss with the policy held to its reference by another divergence than the reverse KL (Wang et
 * al. 2023, f-DPO, arXiv 2309.16240): each log-ratio u is replaced by the score s(u), and
 * derivatives follow by the chain rule.
 *
 * <pre>{@code
 * \mathcal{L}_f(a, b) = \mathcal{L}(s(a), s(b)), \quad
 * \frac{\partial \mathcal{L}_f}{\partial a} = \frac{\partial \mathcal{L}}{\partial s_w} s'(a), \quad
 * \frac{\partial \mathcal{L}_f}{\partial b} = \frac{\partial \mathcal{L}}{\partial s_l} s'(b)
 * }</pre>
 *
 * @param loss the loss, a function of log-ratios alone
 * @param divergence the divergence
 */
public record UnderDivergence(DifferenceLoss loss, FDivergence divergence) implements PairLoss {

  private static final double MAX_VALUE = 1e307;

  @Override
  public String name() {
    return divergence.name() + "-" + loss.name();
  }

  @Override
  public Traits traits() {
    return loss.traits();
  }

  @Override
  public OptionalDouble usualBeta() {
    return loss.usualBeta();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    Pair scored =
        new Pair(scored(pair.chosen()), scored(pair.rejected()), pair.margin(), pair.noise());
    PairTerm term = loss.at(scored, beta);
    return new PairTerm(
        saturated(term.loss()),
        saturated(term.chosen() * divergence.slope(pair.chosen().logRatio())),
        saturated(term.rejected() * divergence.slope(pair.rejected().logRatio())));
  }

  /** A score of e^700 still is a double, its square (IPO) is not: such values stop at 1e307. */
  private static double saturated(double value) {
    return Math.max(-MAX_VALUE, Math.min(MAX_VALUE, value));
  }

  /** The same completion with the score where the loss reads the log-ratio. */
  private ScoredCompletion scored(ScoredCompletion completion) {
    return new ScoredCompletion(divergence.score(completion.logRatio()), 0.0, completion.tokens());
  }
}
