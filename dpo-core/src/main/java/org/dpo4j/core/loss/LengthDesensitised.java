package org.dpo4j.core.loss;

import java.util.OptionalDouble;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;

/**
 * An objective with the surplus tokens of a pair's longer completion counted less (Liu et al. 2024,
 * LD-DPO, arXiv 2409.06411), for policy and reference alike:
 *
 * <pre>{@code
 * \log \hat\pi(y \mid x) = \sum_{t \le \ell} \log \pi(y_t) + \alpha \sum_{t > \ell} \log \pi(y_t), \quad \ell = \min(|y_w|, |y_l|)
 * }</pre>
 *
 * @param objective what is desensitised
 * @param ldAlpha α in [0, 1]: 1 changes nothing, 0 ignores the surplus
 */
public record LengthDesensitised(PairObjective objective, double ldAlpha) implements PairObjective {

  /** Checks α. */
  public LengthDesensitised {
    Check.that(ldAlpha >= 0 && ldAlpha <= 1, "ldAlpha must be in [0, 1], got %s", ldAlpha);
  }

  @Override
  public String name() {
    return "ld-" + objective.name();
  }

  @Override
  public Traits traits() {
    return objective.traits();
  }

  @Override
  public OptionalDouble usualBeta() {
    return objective.usualBeta();
  }

  @Override
  public void checkLabel(PairLabel label) {
    objective.checkLabel(label);
  }

  @Override
  public LossGradient differentiate(PairBatch batch, double beta) {
    TokenValues policy = batch.policy();
    TokenValues weights =
        policy.map(
            (row, token) -> {
              int partner = row ^ 1;
              return token < Math.min(policy.length(row), policy.length(partner)) ? 1.0 : ldAlpha;
            });
    return objective.differentiate(batch.withTokenWeights(weights), beta);
  }
}
