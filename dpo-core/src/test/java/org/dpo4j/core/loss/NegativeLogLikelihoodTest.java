package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.dpo4j.core.batch.CompletionBatch;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.Totals;
import org.junit.jupiter.api.Test;

class NegativeLogLikelihoodTest {

  private static final NegativeLogLikelihood LOSS = new NegativeLogLikelihood();
  private static final TokenValues VALUES =
      TokenValues.of(new double[] {-1.0, -0.5, -2.0}, new double[] {-0.25}, new double[] {-3, -1});
  private static final CompletionBatch BATCH = CompletionBatch.of(VALUES);

  @Test
  void isTheMeanOverAllTokensOfTheBatch() {
    Evaluation evaluation = LOSS.evaluate(BATCH, 1.0);

    assertThat(evaluation.loss()).isCloseTo(7.75 / 6, within(1e-15));
    assertThat(evaluation.gradient()).isEqualTo(VALUES.map((row, token) -> -1.0 / 6));
    assertThat(evaluation.metrics().get("logps/completion")).isCloseTo(-7.75 / 3, within(1e-15));
  }

  @Test
  void aWeightMultipliesTheTermsOfItsExample() {
    Evaluation evaluation = LOSS.evaluate(BATCH.withWeights(List.of(2.0, 0.0, 0.5)), 1.0);

    assertThat(evaluation.loss()).isCloseTo((2 * 3.5 + 0.5 * 4) / 6, within(1e-15));
    assertThat(evaluation.gradient())
        .isEqualTo(VALUES.map((row, token) -> -(row == 0 ? 2.0 : row == 1 ? 0.0 : 0.5) / 6));
  }

  @Test
  void theGradientIsWhatFiniteDifferencesSay() {
    CompletionBatch weighted = BATCH.withWeights(List.of(2.0, 0.3, 1.0));
    TokenValues gradient = LOSS.evaluate(weighted, 1.0).gradient();
    double h = 1e-6;
    for (int row = 0; row < VALUES.rows(); row++) {
      for (int token = 0; token < VALUES.length(row); token++) {
        double difference =
            (shifted(weighted, row, token, h) - shifted(weighted, row, token, -h)) / (2 * h);
        assertThat(gradient.get(row, token)).isCloseTo(difference, within(1e-9));
      }
    }
  }

  private static double shifted(CompletionBatch batch, int row, int token, double by) {
    TokenValues values =
        batch
            .policy()
            .map((r, t) -> batch.policy().get(r, t) + (r == row && t == token ? by : 0.0));
    return LOSS.evaluate(CompletionBatch.of(values).withWeights(batch.weights()), 1.0).loss();
  }

  @Test
  void partsAddUpToTheWhole() {
    Totals whole = BATCH.totals();
    Evaluation first = LOSS.evaluate(CompletionBatch.of(VALUES.select(0)).within(whole), 1.0);
    Evaluation rest = LOSS.evaluate(CompletionBatch.of(VALUES.select(1, 2)).within(whole), 1.0);

    assertThat(first.loss() + rest.loss())
        .isCloseTo(LOSS.evaluate(BATCH, 1.0).loss(), within(1e-15));
  }

  @Test
  void isSftOfThePairsWhoseChosenSidesItIsGiven() {
    TokenValues pairs =
        TokenValues.of(
            VALUES.row(0),
            new double[] {-7},
            VALUES.row(1),
            new double[] {-8, -9},
            VALUES.row(2),
            new double[] {-1});
    LossGradient expected = new Sft().differentiate(PairBatch.of(pairs), 1.0);

    Evaluation evaluation = LOSS.evaluate(BATCH, 1.0);

    assertThat(evaluation.loss()).isCloseTo(expected.loss(), within(1e-15));
    assertThat(evaluation.gradient()).isEqualTo(expected.gradient().select(0, 2, 4));
  }

  @Test
  void refusesABatchThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CompletionBatch.of(TokenValues.of()))
        .withMessage("policy log-probs must have at least one completion, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CompletionBatch.of(TokenValues.of(new double[] {-1}, new double[] {0.5})))
        .withMessage(
            "policy log-prob must be a finite number ≤ 0, got 0.5 at completion 1, token 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BATCH.withWeights(List.of(1.0)))
        .withMessage("weights must be one an example: 3 examples, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BATCH.withWeights(List.of(1.0, -1.0, 1.0)))
        .withMessage("weight must be a finite number ≥ 0, got -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BATCH.within(new Totals(3, 5)))
        .withMessageStartingWith("totals must cover the batch itself: ");
  }
}
