package org.dpo4j.core.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.theory.PlackettLuce;

/**
 * DPO on rankings of K completions (Rafailov et al. 2023, Appendix A.3, Eq. 20): the negative
 * log-likelihood of the ranking under {@link PlackettLuce} with the implicit rewards. K = 2 is
 * plain DPO.
 *
 * <pre>{@code
 * \mathcal{L} = -\log \prod_{k=1}^{K} \frac{\exp(\beta u_k)}{\sum_{j=k}^{K} \exp(\beta u_j)}, \quad
 * u_k = \log \frac{\pi_\theta(y_k \mid x)}{\pi_{ref}(y_k \mid x)}
 * \frac{\partial \mathcal{L}}{\partial u_i} = -\beta \Big(1 - \sum_{k \le i} \frac{\exp(\beta u_i)}{\sum_{j \ge k} \exp(\beta u_j)}\Big)
 * }</pre>
 *
 * <p>The gradient's rows are the completions of all rankings, one ranking after the other, best
 * first. The loss is a mean over rankings.
 */
public record PlackettLuceDpo() implements Objective<RankingBatch> {

  @Override
  public String name() {
    return "plackett-luce";
  }

  @Override
  public Evaluation evaluate(RankingBatch batch, double beta) {
    Check.positive("beta", beta);
    List<double[]> gradient = new ArrayList<>();
    double loss = 0.0;
    double best = 0.0;
    double worst = 0.0;
    double bestFirst = 0.0;
    for (RankingBatch.Ranking ranking : batch.rankings()) {
      double share = ranking.weight() / batch.totals().examples();
      double[] rewards = Arrays.stream(ranking.logRatios()).map(u -> beta * u).toArray();
      loss -= share * PlackettLuce.logProbability(rewards);
      double[] slopes = PlackettLuce.gradient(rewards);
      TokenValues spread = ranking.policy().map((row, token) -> -share * beta * slopes[row]);
      for (int row = 0; row < spread.rows(); row++) {
        gradient.add(spread.row(row));
      }
      best += rewards[0];
      worst += rewards[rewards.length - 1];
      bestFirst += Arrays.stream(rewards).skip(1).allMatch(r -> rewards[0] > r) ? 1 : 0;
    }
    int n = batch.rankings().size();
    Metrics metrics =
        Metrics.NONE
            .with("rewards/chosen", best, n)
            .with("rewards/rejected", worst, n)
            .with("rewards/accuracies", bestFirst, n)
            .with("rewards/margins", best - worst, n);
    return new Evaluation(loss, TokenValues.of(gradient), metrics);
  }
}
