package org.dpo4j.core.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.math.Check;

/**
 * An objective with each pair weighted by how likely the policy itself would write both completions
 * (Zhou et al. 2024, WPO, arXiv 2406.11827, Eq. 2, "sampled alignment"), which makes off-policy
 * data look more on-policy. No gradient flows through the weight.
 *
 * <pre>{@code
 * w(x, y) = \exp \frac{1}{|y|} \sum_t \Big[\log \pi(y_t) - \log \sum_v \pi(v)^2\Big], \quad
 * \mathcal{L}_{WPO} = w(x, y_w)\, w(x, y_l)\, \mathcal{L}
 * }</pre>
 *
 * @param objective what is weighted
 */
public record PolicyWeighted(PairObjective objective) implements PairObjective {

  /** Checks that weights make sense for the objective. */
  public PolicyWeighted {
    Check.that(
        !objective.traits().couplesBatch(),
        "policyWeighted cannot wrap loss '%s', which compares the pairs of a batch with each other",
        objective.name());
  }

  @Override
  public String name() {
    return "wpo-" + objective.name();
  }

  @Override
  public Traits traits() {
    return objective.traits().measuring(TokenStatistic.LOG_COLLISION);
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
    List<PairLabel> weighted = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      PairLabel label = batch.labels().get(i);
      weighted.add(
          label.withWeight(label.weight() * weight(batch, 2 * i) * weight(batch, 2 * i + 1)));
    }
    return objective.differentiate(batch.withLabels(weighted), beta);
  }

  private static double weight(PairBatch batch, int row) {
    return Math.exp(
        (batch.policy().sum(row) - batch.logCollisions().sum(row)) / batch.policy().length(row));
  }
}
