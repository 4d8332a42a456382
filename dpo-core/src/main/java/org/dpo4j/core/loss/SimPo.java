package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * SimPO (Meng et al. 2024, arXiv 2405.14734, Eq. 6): the mean log-probability of a token as reward,
 * no reference, a target margin γ. Its β is larger than DPO's: 2 to 2.5 in the paper.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(z), \quad
 * z = \frac{\beta}{|y_w|} \log \pi(y_w \mid x) - \frac{\beta}{|y_l|} \log \pi(y_l \mid x) - \gamma - m
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_w)} = -\frac{\beta}{|y_w|} \sigma(-z), \quad
 * \frac{\partial \mathcal{L}}{\partial \log \pi(y_l)} = \frac{\beta}{|y_l|} \sigma(-z)
 * }</pre>
 *
 * @param gamma γ ≥ 0, the target margin in units of reward; the pair's own margin m is added to it
 */
public record SimPo(double gamma) implements PairLoss {

  /** Checks γ. */
  public SimPo {
    Check.nonNegative("gamma", gamma);
  }

  @Override
  public String name() {
    return "simpo";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCE_FREE.perToken().withMargins();
  }

  @Override
  public OptionalDouble usualBeta() {
    return OptionalDouble.of(2.0);
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double perChosen = beta / pair.chosen().tokens();
    double perRejected = beta / pair.rejected().tokens();
    double z =
        perChosen * pair.chosen().logProb()
            - perRejected * pair.rejected().logProb()
            - gamma
            - pair.margin();
    double weight = LogSpace.sigmoid(-z);
    return new PairTerm(-LogSpace.logSigmoid(z), -perChosen * weight, perRejected * weight);
  }
}
