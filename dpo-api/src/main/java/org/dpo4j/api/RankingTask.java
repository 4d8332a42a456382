package org.dpo4j.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.RankingBatch;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.Objective;
import org.dpo4j.core.loss.Traits;

/** Learning from rankings. */
record RankingTask(Objective<RankingBatch> objective, double strength) implements Task {

  @Override
  public String noun() {
    return "ranking";
  }

  @Override
  public String loss() {
    return objective.name();
  }

  @Override
  public OptionalDouble beta() {
    return OptionalDouble.of(strength);
  }

  @Override
  public Traits traits() {
    return objective.traits();
  }

  @Override
  public Evaluation evaluate(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    NotFiniteException.requireScores(micro, scores, reference);
    return objective.evaluate(
        batch(micro, scores.logProbs(), reference.orElseThrow()).within(whole.totals()), strength);
  }

  @Override
  public Optional<StepZero> stepZero(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    TokenValues policy = scores.logProbs();
    RankingBatch batch = batch(micro, policy, reference.orElseThrow());
    double meanAbsoluteLogRatio =
        batch.rankings().stream()
            .flatMapToDouble(ranking -> Arrays.stream(ranking.logRatios()))
            .map(Math::abs)
            .average()
            .orElseThrow();
    return Optional.of(
        new StepZero(
            objective.evaluate(batch, strength).loss(),
            objective.evaluate(batch(micro, policy, policy), strength).loss(),
            OptionalDouble.empty(),
            meanAbsoluteLogRatio));
  }

  private static RankingBatch batch(MicroBatch micro, TokenValues policy, TokenValues reference) {
    List<RankingBatch.Ranking> rankings = new ArrayList<>();
    int from = 0;
    for (EncodedExample example : micro.examples()) {
      int to = from + example.group().completions().size();
      int[] rows = IntStream.range(from, to).toArray();
      rankings.add(
          new RankingBatch.Ranking(
              policy.select(rows), reference.select(rows), example.label().weight()));
      from = to;
    }
    return RankingBatch.of(rankings);
  }
}
