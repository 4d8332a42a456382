package org.dpo4j.api;

import java.math.BigDecimal;
import java.math.MathContext;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.TrainedPart;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.Orpo;
import org.dpo4j.core.loss.Sft;

/**
 * The peak learning rates of trainers that are told none, for AdamW and RMSprop. An adapter takes a
 * rate a hundred times that of a large model's weights; for weights it falls with the root of the
 * model's size. Imitation takes ten times the rate of preferences where weights are trained.
 */
public final class LearningRates {

  /** The number of parameters at which the rates of weights are 1e-6 and 1e-5. */
  private static final double USUAL = 2e9;

  /** Below so many parameters a model wants more of an adapter, too. */
  private static final double SMALL = 1e8;

  private static final double ADAPTER = 1e-4;
  private static final double TABLE = 0.05;

  private LearningRates() {}

  /**
   * For learning from preferences: pairs, thumbs or rankings.
   *
   * @param policy is to be trained
   * @param loss SFT and ORPO, which raise the likelihood of chosen completions above all, take the
   *     rates of imitation; all others the same
   * @return 1e-4 for an adapter, with ever more for models below a hundred million parameters; for
   *     the weights of n parameters {@code 1e-6·√(2e9/n)}, which is 5.3e-7 for 7 billion and 3.8e-6
   *     for 135 million; 0.05 for a table
   */
  public static double forPreferences(Policy policy, Objective<?> loss) {
    return loss instanceof Sft || loss instanceof Orpo
        ? forImitation(policy)
        : rate(policy.trainedPart(), 1e-6);
  }

  /**
   * For imitating demonstrations, or chosen completions.
   *
   * @param policy is to be trained
   * @return as for preferences, but ten times that for weights
   */
  public static double forImitation(Policy policy) {
    return rate(policy.trainedPart(), 1e-5);
  }

  private static double rate(TrainedPart part, double weights) {
    double parameters = part.modelParameters() == 0 ? USUAL : part.modelParameters();
    double rate =
        switch (part.kind()) {
          case ADAPTER -> ADAPTER * Math.pow(Math.max(1.0, SMALL / parameters), 0.25);
          case WEIGHTS -> weights * Math.sqrt(USUAL / parameters);
          case TABLE -> TABLE;
        };
    return BigDecimal.valueOf(rate).round(new MathContext(2)).doubleValue();
  }
}
