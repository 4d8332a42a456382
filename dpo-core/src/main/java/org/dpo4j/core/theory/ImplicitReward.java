package org.dpo4j.core.theory;

import org.dpo4j.core.batch.Pair;
import org.dpo4j.core.batch.ScoredCompletion;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * The reward a policy carries inside it (Rafailov et al. 2023, Eq. 5, the partition function
 * dropped as it cancels in comparisons):
 *
 * <pre>{@code \hat r_\theta(x, y) = \beta \log \frac{\pi_\theta(y \mid x)}{\pi_{ref}(y \mid x)}}
 * </pre>
 *
 * <p>Without a reference (SimPO, CPO, ORPO) the log-probability itself stands in for the log-ratio,
 * as if π_ref were uniform.
 *
 * @param beta β, the strength of the KL constraint, &gt; 0
 */
public record ImplicitReward(double beta) {

  /** Checks β. */
  public ImplicitReward {
    Check.positive("beta", beta);
  }

  /**
   * The reward of one completion.
   *
   * @param completion its log-probabilities
   * @return β · log-ratio, in nats
   */
  public double of(ScoredCompletion completion) {
    return beta
        * (Double.isNaN(completion.referenceLogProb())
            ? completion.logProb()
            : completion.logRatio());
  }

  /**
   * By how much the chosen completion's reward exceeds the rejected one's.
   *
   * @param pair the pair
   * @return r̂_w − r̂_l
   */
  public double margin(Pair pair) {
    return of(pair.chosen()) - of(pair.rejected());
  }

  /**
   * Whether the implicit reward agrees with the label.
   *
   * @param pair the pair
   * @return true if the margin is strictly positive, so false where policy and reference are equal
   */
  public boolean agrees(Pair pair) {
    return margin(pair) > 0;
  }

  /**
   * How strongly DPO's gradient pulls at a pair: how wrong the implicit reward is about it
   * (Rafailov et al. 2023, section 4, "What does the DPO update do?"):
   *
   * <pre>
   * {@code \nabla_\theta \mathcal{L}_{DPO} = -\beta\, \sigma(\hat r_l - \hat r_w) [\nabla \log \pi(y_w) - \nabla \log \pi(y_l)]}
   * </pre>
   *
   * @param pair the pair
   * @return σ(r̂_l − r̂_w) in (0, 1): ½ where policy and reference are equal, near 0 for a pair
   *     already learnt
   */
  public double gradientWeight(Pair pair) {
    return LogSpace.sigmoid(-margin(pair));
  }

  /**
   * The probability that the first completion is preferred, by {@link BradleyTerry}.
   *
   * @param first a completion
   * @param second another completion of the same prompt
   * @return in [0, 1]
   */
  public double preference(ScoredCompletion first, ScoredCompletion second) {
    return BradleyTerry.probability(of(first), of(second));
  }
}
