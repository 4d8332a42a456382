package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.loss.Close.assertClose;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.RankingBatch.Ranking;
import org.dpo4j.core.batch.RewardBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.KnownObjectives.Known;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of a batch add up to the whole, so that gradient accumulation changes nothing. */
class SplittingTest {
  private static final double RELATIVE = 1e-12;
  private static final int[][] CUTS = {{0, 1, 2, 3, 4, 5, 6, 7, 8}, {0, 3, 8}};

  static ImmutableList<Known> uncoupled() {
    return KnownObjectives.all().stream()
        .filter(known -> !known.objective().traits().couplesBatch())
        .collect(ImmutableList.toImmutableList());
  }

  @Test
  void uncoupledObjectives_areMany() {
    assertThat(uncoupled())
        .hasSizeGreaterThanOrEqualTo(45)
        .extracting(Known::name)
        .contains("sft_on_chosen", "mpo", "wpo");
  }

  @ParameterizedTest
  @MethodSource("uncoupled")
  void parts_addUpToWhole(Known known) {
    PairSample sample = sample();
    PairBatch whole = sample.batch();
    Evaluation expected = known.objective().evaluate(whole, known.beta());
    for (int[] cuts : CUTS) {
      double loss = 0.0;
      List<double[]> gradient = new ArrayList<>();
      Metrics metrics = Metrics.NONE;
      for (int i = 0; i + 1 < cuts.length; i++) {
        PairBatch part = sample.part(cuts[i], cuts[i + 1]).batch().within(whole.totals());
        Evaluation evaluation = known.objective().evaluate(part, known.beta());
        loss += evaluation.loss();
        rows(evaluation.gradient()).forEach(gradient::add);
        metrics = metrics.merge(evaluation.metrics());
      }

      assertClose("loss", loss, expected.loss(), RELATIVE, 1e-13);
      assertClose(TokenValues.of(gradient), expected.gradient(), RELATIVE, 1e-15);
      assertSame(metrics, expected.metrics());
    }
  }

  @Test
  void coupledObjectives_areNamedAsSuch() {
    assertThat(KnownObjectives.all())
        .filteredOn(known -> known.objective().traits().couplesBatch())
        .extracting(Known::name)
        .containsExactlyInAnyOrder("aot", "aot_unpaired", "ld aot");
    assertThat(new Dpo().plus(1.0, new Aot(Aot.Variant.PAIRED, 0.0)).traits().couplesBatch())
        .isTrue();
    assertThat(new Kto(1.0, 1.0).traits().couplesBatch()).as("carries its estimate").isFalse();
    assertThat(new Bco().traits().couplesBatch()).isTrue();
  }

  @Test
  void coupledObjective_reallyDiffersWhenSplit() {
    PairSample sample = sample().withLabel(PairLabel.PLAIN);
    PairBatch whole = sample.batch();
    for (Aot.Variant variant : Aot.Variant.values()) {
      Aot aot = new Aot(variant, 0.1);
      double split = 0.0;
      for (int i = 0; i < sample.pairs(); i++) {
        PairBatch part = sample.part(i, i + 1).batch().within(whole.totals());
        split += aot.evaluate(part, 1.0).loss();
      }
      double smoothed = new Dpo().labelSmoothing(0.1).evaluate(whole, 1.0).loss();

      assertThat(Math.abs(split - aot.evaluate(whole, 1.0).loss())).isGreaterThan(1e-3);
      assertClose("one by one it is conservative DPO", split, smoothed, RELATIVE, 0.0);
    }
  }

  @Test
  void unpairedParts_addUpToWholeOnceTheSharedEstimateIsGiven() {
    PairSample sample = sample();
    List<Boolean> desirable = Stream.iterate(true, thumb -> !thumb).limit(16).toList();
    UnpairedBatch whole = unpaired(sample, desirable);
    for (UnpairedObjective objective : List.of(new Kto(1.0, 1.5), new Bco())) {
      Evaluation expected = objective.evaluate(whole, 0.5);
      double loss = 0.0;
      Metrics metrics = Metrics.NONE;
      for (int i = 0; i < 8; i++) {
        UnpairedBatch part = unpaired(sample.part(i, i + 1), desirable.subList(0, 2));
        Evaluation evaluation = objective.evaluate(part.within(whole.totals()), 0.5);
        loss += evaluation.loss();
        metrics = metrics.merge(evaluation.metrics());
        assertClose(
            evaluation.gradient(), expected.gradient().select(2 * i, 2 * i + 1), RELATIVE, 1e-15);
      }

      assertClose("loss", loss, expected.loss(), RELATIVE, 0.0);
      assertSame(metrics, expected.metrics());
    }
  }

  private static UnpairedBatch unpaired(PairSample sample, List<Boolean> desirable) {
    return UnpairedBatch.of(sample.policy(), sample.reference(), desirable)
        .withKlEstimate(0.75)
        .withRewardShift(0.25);
  }

  @Test
  void rankings_addUpToWhole() {
    PairSample sample = sample();
    Ranking first = ranking(sample, 0.5, 0, 1, 2);
    Ranking second = ranking(sample, 2.0, 3, 4);
    Ranking third = ranking(sample, 1.0, 5, 6, 7, 8);
    RankingBatch whole = RankingBatch.of(List.of(first, second, third));
    Evaluation expected = new PlackettLuceDpo().evaluate(whole, 0.5);

    Evaluation left =
        new PlackettLuceDpo().evaluate(RankingBatch.of(List.of(first)).within(whole.totals()), 0.5);
    Evaluation right =
        new PlackettLuceDpo()
            .evaluate(RankingBatch.of(List.of(second, third)).within(whole.totals()), 0.5);

    assertClose("loss", left.loss() + right.loss(), expected.loss(), RELATIVE, 0.0);
    assertClose(left.gradient(), expected.gradient().select(0, 1, 2), RELATIVE, 1e-15);
    assertClose(right.gradient(), expected.gradient().select(3, 4, 5, 6, 7, 8), RELATIVE, 1e-15);
    assertSame(left.metrics().merge(right.metrics()), expected.metrics());
  }

  private static Ranking ranking(PairSample sample, double weight, int... rows) {
    return new Ranking(sample.policy().select(rows), sample.reference().select(rows), weight);
  }

  @Test
  void rewards_addUpToWhole() {
    RewardModelLoss loss = new RewardModelLoss(0.01);
    List<PairLabel> labels =
        List.of(PairLabel.PLAIN.withWeight(2.0), PairLabel.PLAIN.withMargin(1.0), PairLabel.PLAIN);
    RewardBatch whole =
        RewardBatch.of(List.of(1.0, -0.5, 0.25), List.of(0.5, 0.5, -3.0)).withLabels(labels);
    RewardModelLoss.Result expected = loss.evaluate(whole);

    RewardModelLoss.Result left =
        loss.evaluate(
            RewardBatch.of(List.of(1.0), List.of(0.5))
                .withLabels(labels.subList(0, 1))
                .within(whole.totals()));
    RewardModelLoss.Result right =
        loss.evaluate(
            RewardBatch.of(List.of(-0.5, 0.25), List.of(0.5, -3.0))
                .withLabels(labels.subList(1, 3))
                .within(whole.totals()));

    assertClose("loss", left.loss() + right.loss(), expected.loss(), RELATIVE, 0.0);
    assertThat(left.chosen()).isEqualTo(expected.chosen().subArray(0, 1));
    assertThat(right.rejected()).isEqualTo(expected.rejected().subArray(1, 3));
    assertSame(left.metrics().merge(right.metrics()), expected.metrics());
  }

  private static PairSample sample() {
    Random random = new Random(23);
    return PairSample.random(random, 8).withRandomLabels(random);
  }

  private static Stream<double[]> rows(TokenValues values) {
    return Stream.iterate(0, row -> row + 1).limit(values.rows()).map(values::row);
  }

  private static void assertSame(Metrics actual, Metrics expected) {
    assertThat(expected.names()).isNotEmpty();
    assertThat(actual.names()).isEqualTo(expected.names());
    expected
        .asMap()
        .forEach((name, value) -> assertClose(name, actual.get(name), value, RELATIVE, 1e-13));
  }
}
