package org.dpo4j.api;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.MovableCopy;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.backend.TrainedPart;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;

/** A table that writes down what a run does with it, and misbehaves on demand. */
final class ObservedPolicy implements Policy, Resumable {

  /** Every group trained on, in order. */
  final List<PromptGroup> trainedOn = new ArrayList<>();

  /** Groups of each forward pass. */
  final List<Integer> passSizes = new ArrayList<>();

  int copiesMade;
  int copiesClosed;
  int optimizersClosed;
  int closed;

  /** The gradient norm a run left behind when it closed its optimizer. */
  double gradientLeft = Double.NaN;

  /** Told the number of each forward pass, from 1, before it. */
  IntConsumer beforeForward = call -> {};

  /** Forward passes, from 1, whose first log-probability is NaN. */
  IntPredicate notANumberAt = call -> false;

  /** Groups whose presence in a forward pass makes its first log-probability NaN. */
  Predicate<PromptGroup> notANumberFor = group -> false;

  /** What the policy says of itself. */
  ImmutableMap<String, String> description = ImmutableMap.of();

  /** What it says is trained. */
  TrainedPart trainedPart = new TrainedPart(TrainedPart.Kind.TABLE, 0);

  /** Calls of score, from 1, that fail as a backend might. */
  IntPredicate scoringFailsAt = call -> false;

  /** Calls of score. */
  int scored;

  /** Steps, from 1, in which the optimizer itself fails. */
  IntPredicate updateFailsAt = step -> false;

  /** Steps, from 1, whose gradient norm is infinite. */
  IntPredicate infiniteNormAt = step -> false;

  /** What it reads. */
  Tokenizer tokenizer;

  private final TabularPolicy table;

  ObservedPolicy(TabularPolicy table) {
    this.table = table;
    this.tokenizer = table.tokenizer();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public TrainedPart trainedPart() {
    return trainedPart;
  }

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    if (scoringFailsAt.test(++scored)) {
      throw new IllegalStateException("out of memory");
    }
    return table.score(groups, statistics);
  }

  @Override
  public ForwardPass forward(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    passSizes.add(groups.size());
    int call = passSizes.size();
    beforeForward.accept(call);
    trainedOn.addAll(groups);
    ForwardPass pass = table.forward(groups, statistics);
    return notANumberAt.test(call) || groups.stream().anyMatch(notANumberFor) ? broken(pass) : pass;
  }

  private static ForwardPass broken(ForwardPass pass) {
    return new ForwardPass() {
      @Override
      public TokenScores scores() {
        TokenValues right = pass.scores().logProbs();
        return TokenScores.of(
            right.map((row, token) -> row + token == 0 ? Double.NaN : right.get(row, token)),
            pass.scores().statistics());
      }

      @Override
      public void backward(TokenValues gradient) {
        pass.backward(gradient);
      }

      @Override
      public void close() {
        pass.close();
      }
    };
  }

  @Override
  public Optimizer optimizer(OptimizerSpec spec) {
    return new ObservedOptimizer(table.optimizer(spec));
  }

  private final class ObservedOptimizer implements Optimizer, Resumable {
    private final Optimizer optimizer;
    private int step = 1;
    private int normsAsked;

    ObservedOptimizer(Optimizer optimizer) {
      this.optimizer = optimizer;
    }

    @Override
    public double gradientNorm() {
      return infiniteNormAt.test(++normsAsked)
          ? Double.POSITIVE_INFINITY
          : optimizer.gradientNorm();
    }

    @Override
    public void step(double learningRate, double gradientScale) {
      if (updateFailsAt.test(step)) {
        throw new IllegalStateException("out of memory");
      }
      optimizer.step(learningRate, gradientScale);
      step++;
    }

    @Override
    public void discardGradients() {
      optimizer.discardGradients();
    }

    @Override
    public void close() {
      gradientLeft = optimizer.gradientNorm();
      optimizersClosed++;
      optimizer.close();
    }

    @Override
    public void save(StateSink sink) throws IOException {
      ((Resumable) optimizer).save(sink);
    }

    @Override
    public void restore(StateSource source) throws IOException {
      ((Resumable) optimizer).restore(source);
    }
  }

  @Override
  public void save(StateSink sink) throws IOException {
    table.save(sink);
  }

  @Override
  public void restore(StateSource source) throws IOException {
    table.restore(source);
  }

  @Override
  public ImmutableMap<String, String> description() {
    return description;
  }

  @Override
  public Optional<String> fingerprint() {
    return table.fingerprint();
  }

  @Override
  public MovableCopy frozenCopy() {
    copiesMade++;
    return new ObservedCopy(table.frozenCopy());
  }

  private final class ObservedCopy implements MovableCopy, Resumable {

    private final MovableCopy copy;

    ObservedCopy(MovableCopy copy) {
      this.copy = copy;
    }

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      return copy.score(groups, statistics);
    }

    @Override
    public void moveTowardsPolicy(double alpha) {
      copy.moveTowardsPolicy(alpha);
    }

    @Override
    public Optional<String> fingerprint() {
      return copy.fingerprint();
    }

    @Override
    public void save(StateSink sink) throws IOException {
      ((Resumable) copy).save(sink);
    }

    @Override
    public void restore(StateSource source) throws IOException {
      ((Resumable) copy).restore(source);
    }

    @Override
    public void close() {
      copiesClosed++;
      copy.close();
    }
  }

  @Override
  public Optional<TokenScorer> adapterOff() {
    return table.adapterOff();
  }

  @Override
  public Optional<TokenScorer> adapter(String name) {
    return table.adapter(name);
  }

  @Override
  public void close() {
    closed++;
  }
}
