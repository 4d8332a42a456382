package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;

/**
 * A loss with every pair's margin multiplied: the α of offset DPO (Amini et al. 2024, ODPO, arXiv
 * 2402.10571), which turns the margin into units of reward. The paper takes the margin to be a
 * function, by default the logarithm, of the difference of ratings.
 *
 * <pre>{@code \mathcal{L}_{ODPO} = -\log \sigma\big(\hat r_w - \hat r_l - \alpha\, m\big)}</pre>
 *
 * @param loss a loss that uses margins
 * @param scale α, finite and ≥ 0
 */
public record ScaledMargin(PairLoss loss, double scale) implements PairLoss {

  /** Checks α, and that the loss has a use for margins. */
  public ScaledMargin {
    Check.nonNegative("scale", scale);
    Check.that(
        loss.traits().usesMargins(),
        "marginScale needs a loss that uses margins, and '%s' does not",
        loss.name());
  }

  @Override
  public String name() {
    return "offset-" + loss.name();
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
    return loss.at(
        new Pair(pair.chosen(), pair.rejected(), scale * pair.margin(), pair.noise()), beta);
  }
}
