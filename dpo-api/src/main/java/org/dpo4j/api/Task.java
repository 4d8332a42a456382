package org.dpo4j.api;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.CompletionBatch;
import org.dpo4j.core.batch.PairBatch;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Bco;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.NegativeLogLikelihood;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.loss.Traits;
import org.dpo4j.core.theory.ImplicitReward;

/** All that learning from preferences and imitating examples differ in, to a training loop. */
sealed interface Task permits Task.Imitation, Task.Preferences, RankingTask, UnpairedTask {

  /** What one example is called in messages. */
  String noun();

  /** The loss's name. */
  String loss();

  /** β, where there is one. */
  OptionalDouble beta();

  Traits traits();

  /**
   * The examples with all that the loss needs of them.
   *
   * @param what the data is called in messages
   * @param maxLength tokens of a prompt and a completion, at most
   * @throws IllegalArgumentException if the data does not have it
   */
  default Examples prepared(String what, Examples examples, int maxLength) {
    return examples;
  }

  /**
   * A step, or all that is held out, before anything of it is learnt.
   *
   * @param batches all of its parts
   * @param scoring asked for what the loss needs of all of them at once, if it needs anything
   * @param shift of the rewards before
   * @throws NotFiniteException if a score is NaN or infinite
   */
  default Whole whole(List<MicroBatch> batches, Whole.Scoring scoring, Bco.RunningShift shift) {
    return Whole.uncoupled(batches);
  }

  /**
   * The whole after examples of it that are to be learnt were scored, and before their loss.
   *
   * @throws NotFiniteException if a score is NaN or infinite
   */
  default Whole seen(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    return whole;
  }

  /**
   * The loss of examples that were scored together.
   *
   * @param whole what they are a part of
   * @throws NotFiniteException if a score is NaN or infinite
   */
  Evaluation evaluate(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole);

  /**
   * What the policy made of each pair, where there are pairs.
   *
   * @param place which step they are of, and whether they are held out
   */
  default ImmutableList<PairScore> pairScores(
      MicroBatch micro,
      TokenScores scores,
      Optional<TokenValues> reference,
      PairScore.Place place) {
    return ImmutableList.of();
  }

  /** Compares the first scores of a run with what policy = reference gives. */
  Optional<StepZero> stepZero(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole);

  /** Learning from pairs, by any loss over pairs. */
  record Preferences(PairObjective objective, double strength) implements Task {

    @Override
    public String noun() {
      return "pair";
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
      return objective.evaluate(batch(micro, scores, reference).within(whole.totals()), strength);
    }

    @Override
    public Optional<StepZero> stepZero(
        MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
      return reference.isPresent() && objective.traits().needsReference()
          ? Optional.of(StepZero.of(batch(micro, scores, reference), objective, strength))
          : Optional.empty();
    }

    @Override
    public ImmutableList<PairScore> pairScores(
        MicroBatch micro,
        TokenScores scores,
        Optional<TokenValues> reference,
        PairScore.Place place) {
      PairBatch batch = batch(micro, scores, reference);
      ImplicitReward reward = new ImplicitReward(strength);
      return IntStream.range(0, batch.size())
          .mapToObj(
              pair ->
                  PairScore.of(
                      place,
                      batch.pair(pair),
                      micro.ids().get(pair),
                      reward,
                      objective.traits().perTokenRewards()))
          .collect(toImmutableList());
    }

    private static PairBatch batch(
        MicroBatch micro, TokenScores scores, Optional<TokenValues> reference) {
      NotFiniteException.requireScores(micro, scores, reference);
      PairBatch batch = PairBatch.of(scores.logProbs()).withLabels(micro.labels());
      PairBatch compared = reference.map(batch::withReference).orElse(batch);
      TokenValues collisions = scores.statistics().get(TokenStatistic.LOG_COLLISION);
      if (collisions == null) {
        return compared;
      }
      NotFiniteException.require("log-collision", collisions, micro);
      return compared.withLogCollisions(collisions);
    }
  }

  /**
   * Imitating examples: maximum likelihood.
   *
   * @param target what is learnt of them, as they were encoded for it
   */
  record Imitation(SftLoss target) implements Task {

    private static final NegativeLogLikelihood OBJECTIVE = new NegativeLogLikelihood();

    @Override
    public String noun() {
      return "example";
    }

    @Override
    public String loss() {
      return OBJECTIVE.name();
    }

    @Override
    public OptionalDouble beta() {
      return OptionalDouble.empty();
    }

    @Override
    public Traits traits() {
      return OBJECTIVE.traits();
    }

    @Override
    public Evaluation evaluate(
        MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
      NotFiniteException.require("policy log-prob", scores.logProbs(), micro);
      return OBJECTIVE.evaluate(
          CompletionBatch.of(scores.logProbs()).withWeights(micro.weights()).within(whole.totals()),
          1.0);
    }

    @Override
    public Optional<StepZero> stepZero(
        MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
      return Optional.empty();
    }
  }
}
