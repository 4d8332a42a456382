package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;

/**
 * A loss corrected for labels that are wrong with probability ε, so that its expectation over the
 * noise is the loss of the true label. Around DPO this is robust DPO (Chowdhury et al. 2024, arXiv
 * 2403.00409), after Natarajan et al. 2013.
 *
 * <pre>{@code
 * \mathcal{L}_{robust}(y_w, y_l) = \frac{(1 - \epsilon)\, \mathcal{L}(y_w, y_l) - \epsilon\, \mathcal{L}(y_l, y_w)}{1 - 2 \epsilon}
 * }</pre>
 *
 * @param loss the loss
 * @param epsilon ε in [0, ½), for pairs that carry no noise of their own
 */
public record Robust(PairLoss loss, double epsilon) implements PairLoss {

  /** Checks ε, and that the loss does not deal with noise already. */
  public Robust {
    Check.labelNoise("epsilon", epsilon);
    Check.that(
        !loss.traits().handlesNoise(),
        "robust cannot wrap loss '%s', which handles label noise itself",
        loss.name());
  }

  @Override
  public String name() {
    return "robust-" + loss.name();
  }

  @Override
  public Traits traits() {
    return loss.traits().withNoise();
  }

  @Override
  public OptionalDouble usualBeta() {
    return loss.usualBeta();
  }

  @Override
  public PairTerm at(Pair pair, double beta) {
    double noise = pair.noise().orElse(epsilon);
    PairTerm asLabelled = loss.at(pair, beta);
    PairTerm flipped = loss.at(pair.swapped(), beta).swapped();
    double scale = 1.0 / (1.0 - 2.0 * noise);
    return asLabelled.times((1.0 - noise) * scale).plus(flipped.times(-noise * scale));
  }
}
