package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.Bco;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.Kto;
import org.dpo4j.core.loss.Traits;
import org.dpo4j.core.loss.UnpairedObjective;

/** Learning from completions judged alone. */
record UnpairedTask(UnpairedObjective objective, double strength) implements Task {

  private static final double NO_KL = 0.0;

  @Override
  public String noun() {
    return "example";
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
  public Examples prepared(String what, Examples examples, int maxLength) {
    return objective.needsKlEstimate()
        ? examples.besideOthers(Mismatches.in(what, examples), maxLength)
        : examples;
  }

  @Override
  public Whole whole(List<MicroBatch> batches, Whole.Scoring scoring, Bco.RunningShift shift) {
    return new Whole(
        MicroBatch.totals(batches),
        objective.needsKlEstimate()
            ? OptionalDouble.of(klEstimate(batches, scoring))
            : OptionalDouble.empty(),
        shift);
  }

  /** Of all examples together, so that the step may be cut into any micro-batches. */
  private static double klEstimate(List<MicroBatch> batches, Whole.Scoring scoring) {
    ImmutableList<EncodedExample> mismatched =
        batches.stream()
            .flatMap(micro -> micro.examples().stream())
            .map(EncodedExample::mismatched)
            .collect(ImmutableList.toImmutableList());
    double sum = 0.0;
    for (Whole.Scored scored : scoring.score(mismatched)) {
      NotFiniteException.require(
          "policy log-prob of a mismatched completion", scored.policy(), scored.micro());
      NotFiniteException.require(
          "reference log-prob of a mismatched completion", scored.reference(), scored.micro());
      sum += scored.policy().rows() * Kto.klEstimate(scored.policy(), scored.reference());
    }
    return sum / mismatched.size();
  }

  @Override
  public Whole seen(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    return objective.needsRewardShift()
        ? whole.withRewardShift(
            whole.rewardShift().after(scored(micro, scores, reference), strength))
        : whole;
  }

  @Override
  public Evaluation evaluate(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    return objective.evaluate(
        batch(micro, scores, reference, whole).within(whole.totals()), strength);
  }

  @Override
  public Optional<StepZero> stepZero(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    UnpairedBatch batch = batch(micro, scores, reference, whole);
    UnpairedBatch atReference =
        batch(micro, scores, Optional.of(scores.logProbs()), atReference(whole));
    double sum = 0.0;
    for (int i = 0; i < batch.size(); i++) {
      sum += Math.abs(batch.completion(i).logRatio());
    }
    return Optional.of(
        new StepZero(
            objective.evaluate(batch, strength).loss(),
            objective.evaluate(atReference, strength).loss(),
            OptionalDouble.empty(),
            sum / batch.size()));
  }

  private static Whole atReference(Whole whole) {
    return new Whole(whole.totals(), OptionalDouble.of(NO_KL), Bco.RunningShift.START);
  }

  private UnpairedBatch batch(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    UnpairedBatch batch = scored(micro, scores, reference);
    UnpairedBatch estimated =
        objective.needsKlEstimate()
            ? batch.withKlEstimate(whole.klEstimate().orElseThrow())
            : batch;
    return objective.needsRewardShift()
        ? estimated.withRewardShift(whole.rewardShift().mean())
        : estimated;
  }

  private static UnpairedBatch scored(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference) {
    NotFiniteException.requireScores(micro, scores, reference);
    return UnpairedBatch.of(
            scores.logProbs(),
            reference.orElseThrow(),
            micro.examples().stream().map(EncodedExample::isDesirable).toList())
        .withWeights(micro.weights());
  }
}
