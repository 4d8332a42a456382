package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.dpo4j.api.TrainingPlan.Work;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;

/**
 * How long a run will take, in seconds, from a few micro-batches that were timed. What another
 * process does meanwhile is in it, and loading the model and writing checkpoints are not.
 *
 * @param learning forward and backward passes of all steps
 * @param scoring what the policy scores without learning, evaluations included
 * @param reference what the reference computes
 * @param optimizer all updates
 * @param warmUp by how much the first micro-batch took longer than later ones
 * @param steps of the run
 */
public record TimeEstimate(
    double learning, double scoring, double reference, double optimizer, double warmUp, int steps) {

  private static final float ANY_GRADIENT = 1e-3f;

  /** One after the other in time, so that what else the machine does touches all sizes alike. */
  private static final int ROUNDS = 2;

  /**
   * Times some of a plan's micro-batches: forward and backward passes whose gradients are
   * discarded, the reference, and updates that change nothing. The policy's parameters stay bit by
   * bit; where its chance (dropout) stands moves on.
   *
   * @param policy of the trainer that made the plan
   * @param plan of the run
   * @param atMost after which nothing new is timed; the smallest and the largest micro-batch are,
   *     however long that takes
   * @return the estimate
   */
  public static TimeEstimate measure(Policy policy, TrainingPlan plan, Duration atMost) {
    return measure(policy, plan, atMost, System::nanoTime);
  }

  static TimeEstimate measure(
      Policy policy, TrainingPlan plan, Duration atMost, LongSupplier nanoTime) {
    Reference source = source(plan.reference());
    boolean asked = plan.referenceScoring().microBatches() > 0;
    try (OpenReference reference =
            OpenReference.open(
                asked ? source : Reference.none(), policy, Optional.empty(), Optional.empty());
        Optimizer optimizer = policy.optimizer(plan.optimizer())) {
      return new Timing(policy, plan, reference, optimizer, nanoTime).measure(atMost.toNanos());
    }
  }

  /** What computes, without what is kept of it. */
  private static Reference source(Reference reference) {
    if (reference instanceof Reference.Cached cached) {
      return cached.source();
    }
    return reference instanceof Reference.CachedInFile cached ? cached.source() : reference;
  }

  /**
   * The whole run.
   *
   * @return seconds
   */
  public double total() {
    return learning + scoring + reference + optimizer + warmUp;
  }

  /**
   * A step in the middle of the run, with its part of the reference and without evaluations.
   *
   * @return seconds, the mean
   */
  public double perStep() {
    return (learning + reference + optimizer) / steps;
  }

  /** One micro-batch. */
  private record Timed(long tokens, double learning, double scoring, double reference) {

    double all() {
      return learning + scoring + reference;
    }
  }

  /** A line through timed micro-batches: {@code seconds = perBatch + perToken · tokens}. */
  record Line(double perBatch, double perToken) {

    /** Least squares among lines that don't fall and don't begin below 0. */
    static Line through(List<Long> tokens, List<Double> seconds) {
      double meanTokens = tokens.stream().mapToLong(Long::longValue).average().orElse(0);
      double meanSeconds = seconds.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      double products = 0;
      double squares = 0;
      for (int i = 0; i < tokens.size(); i++) {
        double from = tokens.get(i) - meanTokens;
        products += from * (seconds.get(i) - meanSeconds);
        squares += from * from;
      }
      double through0 = meanTokens == 0 ? 0 : meanSeconds / meanTokens;
      double slope = squares == 0 ? through0 : Math.max(0, products / squares);
      double start = meanSeconds - slope * meanTokens;
      return start >= 0 ? new Line(start, slope) : new Line(0, through0);
    }

    double seconds(Work work) {
      return perBatch * work.microBatches() + perToken * work.tokens();
    }
  }

  /** Runs what is timed. */
  private record Timing(
      Policy policy,
      TrainingPlan plan,
      OpenReference reference,
      Optimizer optimizer,
      LongSupplier nanoTime) {

    TimeEstimate measure(long atMostNanos) {
      long begin = nanoTime.getAsLong();
      ImmutableList<ImmutableList<PromptGroup>> samples = plan.samples();
      Timed cold = time(samples.get(samples.size() / 2));
      List<Timed> timed = new ArrayList<>();
      timed.add(time(samples.get(0)));
      timed.add(time(plan.largest()));
      double update = update();
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = round == 0 ? 1 : 0; i < samples.size() - (round == 0 ? 1 : 0); i++) {
          if (nanoTime.getAsLong() - begin < atMostNanos) {
            timed.add(time(samples.get(i)));
          }
        }
      }
      update = (update + update()) / 2;
      List<Long> tokens = timed.stream().map(Timed::tokens).toList();
      Line learning = Line.through(tokens, timed.stream().map(Timed::learning).toList());
      Line scoring = Line.through(tokens, timed.stream().map(Timed::scoring).toList());
      Line asking = Line.through(tokens, timed.stream().map(Timed::reference).toList());
      Work first = new Work(1, cold.tokens());
      double warm = learning.seconds(first) + scoring.seconds(first) + asking.seconds(first);
      return new TimeEstimate(
          learning.seconds(plan.training()),
          scoring.seconds(plan.policyScoring()),
          asking.seconds(plan.referenceScoring()),
          update * plan.steps(),
          Math.max(0, cold.all() - warm),
          plan.steps());
    }

    private Timed time(ImmutableList<PromptGroup> groups) {
      double asking = seconds(() -> reference.logProbs(groups));
      boolean scores = plan.policyScoring().microBatches() > 0;
      double scoring = scores ? seconds(() -> policy.score(groups, plan.statistics())) : 0;
      double learning = seconds(() -> learn(groups, plan.statistics()));
      optimizer.discardGradients();
      return new Timed(TrainingPlan.tokens(groups), learning, scoring, asking);
    }

    private TokenValues learn(ImmutableList<PromptGroup> groups, Set<TokenStatistic> statistics) {
      try (ForwardPass pass = policy.forward(groups, statistics)) {
        TokenValues gradient = pass.scores().logProbs().map((row, token) -> ANY_GRADIENT);
        pass.backward(gradient);
        return gradient;
      }
    }

    /** With gradients of zero and at a rate of zero, which leave every parameter as it is. */
    private double update() {
      return seconds(
          () -> {
            double norm = optimizer.gradientNorm();
            optimizer.step(0, 1);
            return norm;
          });
    }

    private double seconds(Supplier<?> work) {
      long from = nanoTime.getAsLong();
      Object unused = work.get();
      return (nanoTime.getAsLong() - from) / 1e9;
    }
  }
}
