package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.math.Check;

/**
 * A loss under the assumption that a label is wrong with probability ε: its expectation over the
 * two labels. Around DPO this is conservative DPO (Mitchell 2023, "A note on DPO with noisy
 * preferences and relationship to IPO").
 *
 * <pre>{@code
 * \mathcal{L}_\epsilon(y_w, y_l) = (1 - \epsilon)\, \mathcal{L}(y_w, y_l) + \epsilon\, \mathcal{L}(y_l, y_w)
 * }</pre>
 *
 * @param loss the loss
 * @param epsilon ε in [0, ½), for pairs that carry no noise of their own
 */
public record LabelSmoothed(PairLoss loss, double epsilon) implements PairLoss {

  /** Checks ε, and that the loss does not deal with noise already. */
  public LabelSmoothed {
    Check.labelNoise("epsilon", epsilon);
    Check.that(
        !loss.traits().handlesNoise(),
        "labelSmoothing cannot wrap loss '%s', which handles label noise itself",
        loss.name());
  }

  @Override
  public String name() {
    return epsilon == 0.0 ? loss.name() : "c" + loss.name();
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
    if (noise == 0.0) {
      return asLabelled;
    }
    PairTerm flipped = loss.at(pair.swapped(), beta).swapped();
    return asLabelled.times(1.0 - noise).plus(flipped.times(noise));
  }
}
