package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AccumulationTest {

  private static final double TOLERANCE = 1e-12;

  private static List<PairObjective> losses() {
    return List.of(Losses.dpo(), Losses.dpo().plus(0.5, Losses.sft()), Losses.wpo());
  }

  /** Weights 0 to 2, margins and agreements on some pairs. */
  private static PreferenceDataset labelled(PreferenceDataset pairs) {
    return pairs.map(
        pair -> {
          int number = Integer.parseInt(pair.id());
          PreferencePair weighted = pair.withWeight(0.5 * (number % 5));
          PreferencePair rated = number % 2 == 0 ? weighted.withMargin(0.1 * number) : weighted;
          return number % 3 == 0 ? rated.withAgreement(0.8) : rated;
        });
  }

  private static DpoTrainer.Builder trainer(TabularPolicy policy, PairObjective loss) {
    return Toy.trainer(policy)
        .loss(loss)
        .optimizer(Sgd.learningRate(0.5).momentum(0.9))
        .maxGradNorm(0.3)
        .epochs(2);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void splittingABatchChangesNothing(PairObjective loss) {
    PreferenceDataset pairs = labelled(Toy.pairs(19));
    TabularPolicy whole = Toy.random();
    TrainingReport expected =
        trainer(whole, loss).batchSize(8).accumulateOver(1).build().train(pairs);
    assertThat(expected.steps()).hasSize(6);

    for (int batchSize : new int[] {1, 2, 4}) {
      TabularPolicy split = Toy.random();
      TrainingReport report =
          trainer(split, loss)
              .batchSize(batchSize)
              .accumulateOver(8 / batchSize)
              .build()
              .train(pairs);

      Toy.assertClose(report, expected, TOLERANCE);
      Toy.assertClose(Toy.logProbs(split, pairs), Toy.logProbs(whole, pairs), TOLERANCE);
    }
  }

  @Test
  void aShortBatchAtTheEndOfAWindowCountsItsPairsOnly() {
    PreferenceDataset pairs = Toy.pairs(7);
    TabularPolicy whole = Toy.random();
    TabularPolicy split = Toy.random();
    PairObjective loss = Losses.dpo().plus(0.5, Losses.sft());

    TrainingReport expected = trainer(whole, loss).batchSize(7).build().train(pairs);
    TrainingReport report =
        trainer(split, loss).batchSize(3).accumulateOver(4).build().train(pairs);

    Toy.assertClose(report, expected, TOLERANCE);
    Toy.assertClose(Toy.logProbs(split, pairs), Toy.logProbs(whole, pairs), TOLERANCE);
  }

  @Test
  void theLastWindowTakesItsMeanOverWhatIsLeft() {
    PreferenceDataset pairs = Toy.pairs(11);
    TabularPolicy start = Toy.random();
    TabularPolicy afterOne = start.copy();
    Toy.trainer(afterOne).shuffle(false).batchSize(8).maxSteps(1).build().train(pairs);
    ObservedPolicy policy = new ObservedPolicy(start.copy());

    TrainingReport report =
        Toy.trainer(policy).shuffle(false).batchSize(2).accumulateOver(4).build().train(pairs);

    assertThat(policy.passSizes).containsExactly(2, 2, 2, 2, 2, 1);
    assertThat(report.history("loss"))
        .containsExactly(
            new double[] {
              Toy.dpoLoss(start, start, pairs.range(0, 8), 0.1),
              Toy.dpoLoss(afterOne, start, pairs.range(8, 11), 0.1)
            },
            within(TOLERANCE));
    var logProbs = Toy.logProbs(afterOne, pairs.range(8, 11));
    assertThat(report.finalMetrics().get("logps/chosen"))
        .isCloseTo((logProbs.sum(0) + logProbs.sum(2) + logProbs.sum(4)) / 3, within(TOLERANCE));
  }

  @Test
  void sftTakesItsMeanOverTheTokensOfTheWholeWindow() {
    // 2 and 4 chosen tokens, with the end: the mean over 6 tokens is ln 11 whatever their lengths,
    // and after "ask" the gradient of both adds up.
    PreferenceDataset pairs =
        PreferenceDataset.of(
            PreferencePair.of("ask", " a", " b"), PreferencePair.of("ask", " c d e", " b"));

    TrainingReport report =
        Toy.trainer(Toy.uniform())
            .loss(Losses.sft())
            .batchSize(1)
            .accumulateOver(2)
            .build()
            .train(pairs);

    assertThat(report.finalMetrics().get("loss")).isCloseTo(Math.log(11), within(TOLERANCE));
    // Contexts: "ask" has (e_a + e_c − 2/11)/6, of squared norm (2 − 4/11)/36; the four others,
    // (e_v − 1/11)/6, have (1 − 1/11)/36 each.
    assertThat(report.finalMetrics().get("grad_norm"))
        .isCloseTo(Math.sqrt((2 - 4.0 / 11 + 4 * (1 - 1.0 / 11)) / 36), within(TOLERANCE));
  }

  @Test
  void aWeightMultipliesItsPairsLossAndGradient() {
    PreferencePair pair = PreferencePair.of("ask", " a", " b");
    TrainingReport plain = Toy.trainer(Toy.uniform()).build().train(PreferenceDataset.of(pair));
    TrainingReport tripled =
        Toy.trainer(Toy.uniform()).build().train(PreferenceDataset.of(pair.withWeight(3)));

    for (String metric : List.of("loss", "grad_norm")) {
      assertThat(tripled.finalMetrics().get(metric))
          .isCloseTo(3 * plain.finalMetrics().get(metric), within(TOLERANCE));
    }
  }
}
