package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.LogSpace;

/**
 * Length-normalised DPO (Lambert et al. 2024, Tülu 3, arXiv 2411.15124, section 5; TRL's {@code
 * sigmoid_norm}). Its β is larger than DPO's: Tülu 3 used 5.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \sigma(z), \quad z = \beta \Big(\frac{a}{|y_w|} - \frac{b}{|y_l|}\Big) - m
 * \frac{\partial \mathcal{L}}{\partial a} = -\frac{\beta}{|y_w|} \sigma(-z), \quad
 * \frac{\partial \mathcal{L}}{\partial b} = \frac{\beta}{|y_l|} \sigma(-z)
 * }</pre>
 */
public record LengthNormalisedDpo() implements DifferenceLoss {

  @Override
  public String name() {
    return "dpo-norm";
  }

  @Override
  public Traits traits() {
    return Traits.REFERENCED.withMargins();
  }

  @Override
  public OptionalDouble usualBeta() {
    return OptionalDouble.of(5.0);
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double perChosen = beta / pair.chosen().tokens();
    double perRejected = beta / pair.rejected().tokens();
    double z =
        perChosen * pair.chosen().logRatio()
            - perRejected * pair.rejected().logRatio()
            - pair.margin();
    double weight = LogSpace.sigmoid(-z);
    return new PairTerm(-LogSpace.logSigmoid(z), -perChosen * weight, perRejected * weight);
  }
}
