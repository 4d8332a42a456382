package org.dpo4j.core.tabular;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.dpo4j.core.backend.BackwardOnce;
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
import org.dpo4j.core.backend.TrainedPart;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.LogSpace;

/**
 * An autoregressive policy that is a table: one softmax over the vocabulary per context.
 *
 * <pre>{@code
 * \pi_\theta(y_t \mid c_t) = \frac{\exp \theta_{c_t, y_t}}{\sum_v \exp \theta_{c_t, v}}, \quad
 * \frac{\partial \log \pi(y_t \mid c_t)}{\partial \theta_{c_t, v}} = [v = y_t] - \pi(v \mid c_t)
 * }</pre>
 *
 * <p>The context c_t is all tokens before y_t, prompt included, or the last few of them. A fresh
 * table is uniform. Made {@linkplain #onTopOf on top of} another one it trains an adapter, logits
 * added to the frozen base's, and can switch it off, as LoRA can.
 *
 * <p>Scoring is safe from several threads while this isn't trained; training belongs to one thread
 * at a time.
 */
public final class TabularPolicy implements Policy, Resumable {

  private static final String STATE = "policy.table";

  private final WordTokenizer tokenizer;
  private final int contextLength;
  private final Optional<LogitTable> base;
  private final LogitTable weights;
  private final LogitTable gradients;
  private final Map<String, LogitTable> adapters = new HashMap<>();
  private long updates;

  private TabularPolicy(
      WordTokenizer tokenizer, int contextLength, Optional<LogitTable> base, LogitTable weights) {
    this.tokenizer = tokenizer;
    this.contextLength = contextLength;
    this.base = base;
    this.weights = weights;
    this.gradients = new LogitTable(weights.vocabularySize());
  }

  /**
   * A uniform policy whose context is everything before a token.
   *
   * @param tokenizer the vocabulary
   * @return the policy
   */
  public static TabularPolicy of(WordTokenizer tokenizer) {
    return of(tokenizer, Integer.MAX_VALUE);
  }

  /**
   * A uniform policy with a bounded context.
   *
   * @param tokenizer the vocabulary
   * @param contextLength how many tokens before a token decide about it: 0 for a unigram model, 1
   *     for a bigram model, …
   * @return the policy
   */
  public static TabularPolicy of(WordTokenizer tokenizer, int contextLength) {
    Check.that(contextLength >= 0, "contextLength must be ≥ 0, got %d", contextLength);
    return new TabularPolicy(
        tokenizer, contextLength, Optional.empty(), new LogitTable(tokenizer.vocabulary().size()));
  }

  /**
   * A policy that trains an adapter on a frozen base: logits that are added to the base's, zero at
   * first.
   *
   * @param base the base, copied as it is now
   * @return the policy; its {@link #adapterOff} is the base
   */
  public static TabularPolicy onTopOf(TabularPolicy base) {
    LogitTable merged = base.weights.copy();
    base.base.ifPresent(
        below ->
            below.rows().forEach((context, logits) -> LogitTable.add(merged.row(context), logits)));
    return new TabularPolicy(
        base.tokenizer,
        base.contextLength,
        Optional.of(merged),
        new LogitTable(merged.vocabularySize()));
  }

  /**
   * A copy that trains on its own from here. Kept adapters come along.
   *
   * @return the copy
   */
  public TabularPolicy copy() {
    TabularPolicy copy =
        new TabularPolicy(tokenizer, contextLength, base.map(LogitTable::copy), weights.copy());
    adapters.forEach((name, adapter) -> copy.adapters.put(name, adapter.copy()));
    return copy;
  }

  /**
   * Sets the logits of one context. Meant for building a known policy.
   *
   * @param context the tokens before; only the last {@code contextLength} are looked at
   * @param logits {@code [vocabulary]}, each finite
   */
  public void setLogits(ImmutableIntArray context, double... logits) {
    Check.that(
        logits.length == weights.vocabularySize(),
        "logits must have one value a token of the vocabulary: %d tokens, got %d",
        weights.vocabularySize(),
        logits.length);
    for (double logit : logits) {
      Check.finite("logit", logit);
    }
    System.arraycopy(logits, 0, weights.row(clipped(context)), 0, logits.length);
    updates++;
  }

  /**
   * The distribution of the next token.
   *
   * @param context the tokens before, prompt included
   * @return {@code [vocabulary]} log-probabilities
   */
  public double[] logDistribution(ImmutableIntArray context) {
    return logDistribution(weights, clipped(context));
  }

  /**
   * Draws a completion token by token, until {@link WordTokenizer#END} or a number of tokens.
   *
   * @param prompt the tokens before
   * @param maxTokens ≥ 1
   * @param random where chance comes from
   * @return the completion, its end token included if it was drawn
   */
  public ImmutableIntArray sample(ImmutableIntArray prompt, int maxTokens, RandomGenerator random) {
    Check.atLeastOne("maxTokens", maxTokens);
    ImmutableIntArray sequence = prompt;
    do {
      sequence = append(sequence, draw(logDistribution(sequence), random));
    } while (sequence.get(sequence.length() - 1) != 0
        && sequence.length() - prompt.length() < maxTokens);
    return sequence.subArray(prompt.length(), sequence.length()).trimmed();
  }

  /**
   * Keeps a frozen copy of the adapter as it is now, so that {@link #adapter} finds it: an SFT
   * adapter, say, before DPO goes on from it.
   *
   * @param name a name for it
   * @return this policy
   * @throws IllegalStateException if the policy has no adapter
   */
  public TabularPolicy keepAdapter(String name) {
    if (base.isEmpty()) {
      throw new IllegalStateException(
          "this policy has no adapter to keep; make it with TabularPolicy.onTopOf(base)");
    }
    adapters.put(name, weights.copy());
    return this;
  }

  @Override
  public WordTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public TrainedPart trainedPart() {
    return new TrainedPart(TrainedPart.Kind.TABLE, 0);
  }

  @Override
  public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    return score(weights, groups, statistics);
  }

  @Override
  public ForwardPass forward(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    return new Pass(List.copyOf(groups), score(groups, statistics));
  }

  @Override
  public Optimizer optimizer(OptimizerSpec spec) {
    return new TabularOptimizer(spec, weights, gradients, () -> updates++);
  }

  @Override
  public MovableCopy frozenCopy() {
    return new View(weights.copy());
  }

  @Override
  public Optional<TokenScorer> adapterOff() {
    LogitTable none = new LogitTable(weights.vocabularySize());
    return base.map(unused -> new View(none));
  }

  @Override
  public Optional<TokenScorer> adapter(String name) {
    return Optional.ofNullable(adapters.get(name)).map(View::new);
  }

  /** The SHA-256 of all logits, so that policies that give the same values have the same name. */
  @Override
  public Optional<String> fingerprint() {
    return Optional.of(fingerprint(weights));
  }

  private String fingerprint(LogitTable table) {
    return TableFingerprint.of(base, table, contextLength);
  }

  private TokenScores score(
      LogitTable table, List<PromptGroup> groups, Set<TokenStatistic> statistics) {
    List<double[]> logProbs = new ArrayList<>();
    Map<TokenStatistic, List<double[]>> measured = new EnumMap<>(TokenStatistic.class);
    statistics.forEach(statistic -> measured.put(statistic, new ArrayList<>()));
    for (PromptGroup group : groups) {
      for (ImmutableIntArray completion : group.completions()) {
        double[] row = new double[completion.length()];
        measured.values().forEach(rows -> rows.add(new double[completion.length()]));
        ImmutableIntArray sequence = concat(group.prompt(), completion);
        for (int t = 0; t < row.length; t++) {
          double[] distribution =
              logDistribution(table, contextOf(sequence, group.prompt().length() + t));
          row[t] = distribution[requireToken(completion.get(t))];
          for (Map.Entry<TokenStatistic, List<double[]>> statistic : measured.entrySet()) {
            statistic.getValue().get(logProbs.size())[t] =
                Measurement.of(statistic.getKey(), distribution);
          }
        }
        logProbs.add(row);
      }
    }
    Map<TokenStatistic, TokenValues> values = new EnumMap<>(TokenStatistic.class);
    measured.forEach((statistic, rows) -> values.put(statistic, TokenValues.of(rows)));
    return TokenScores.of(TokenValues.of(logProbs), values);
  }

  private double[] logDistribution(LogitTable table, ImmutableIntArray context) {
    return LogSpace.logSoftmax(table.logits(base, context));
  }

  private ImmutableIntArray contextOf(ImmutableIntArray sequence, int position) {
    return clipped(sequence.subArray(0, position));
  }

  private ImmutableIntArray clipped(ImmutableIntArray context) {
    return context.subArray(Math.max(0, context.length() - contextLength), context.length());
  }

  private int requireToken(int id) {
    Check.that(
        id >= 0 && id < weights.vocabularySize(),
        "token id must be in [0, %d), got %d",
        weights.vocabularySize(),
        id);
    return id;
  }

  private static int draw(double[] logDistribution, RandomGenerator random) {
    double left = random.nextDouble();
    for (int v = 0; v < logDistribution.length - 1; v++) {
      left -= Math.exp(logDistribution[v]);
      if (left < 0) {
        return v;
      }
    }
    return logDistribution.length - 1;
  }

  private static ImmutableIntArray concat(ImmutableIntArray first, ImmutableIntArray second) {
    return ImmutableIntArray.builder(first.length() + second.length())
        .addAll(first)
        .addAll(second)
        .build();
  }

  private static ImmutableIntArray append(ImmutableIntArray sequence, int token) {
    return concat(sequence, ImmutableIntArray.of(token));
  }

  @Override
  public void save(StateSink sink) throws IOException {
    TableState.write(sink, STATE, 0, weights);
  }

  @Override
  public void restore(StateSource source) throws IOException {
    int unused = TableState.read(source, STATE, weights);
    updates++;
  }

  /** The base with a frozen table on top. */
  private final class View implements MovableCopy, Resumable {

    private final LogitTable table;

    View(LogitTable table) {
      this.table = table;
    }

    @Override
    public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
      return TabularPolicy.this.score(table, groups, statistics);
    }

    @Override
    public void moveTowardsPolicy(double alpha) {
      Check.that(alpha > 0 && alpha <= 1, "alpha must be in (0, 1], got %s", alpha);
      table.moveTowards(weights, alpha);
    }

    @Override
    public Optional<String> fingerprint() {
      return Optional.of(TabularPolicy.this.fingerprint(table));
    }

    @Override
    public void save(StateSink sink) throws IOException {
      TableState.write(sink, STATE, 0, table);
    }

    @Override
    public void restore(StateSource source) throws IOException {
      int unused = TableState.read(source, STATE, table);
    }
  }

  private final class Pass implements ForwardPass {

    private final List<PromptGroup> groups;
    private final TokenScores scores;
    private final BackwardOnce once = BackwardOnce.of(() -> updates);

    Pass(List<PromptGroup> groups, TokenScores scores) {
      this.groups = groups;
      this.scores = scores;
    }

    @Override
    public TokenScores scores() {
      return scores;
    }

    @Override
    public void backward(TokenValues gradient) {
      Check.that(
          gradient.sameShape(scores.logProbs()),
          "gradient must be shaped like the scores, got %s",
          gradient);
      once.begin();
      int row = 0;
      for (PromptGroup group : groups) {
        for (ImmutableIntArray completion : group.completions()) {
          ImmutableIntArray sequence = concat(group.prompt(), completion);
          for (int t = 0; t < completion.length(); t++) {
            push(
                contextOf(sequence, group.prompt().length() + t),
                completion.get(t),
                gradient.get(row, t));
          }
          row++;
        }
      }
    }

    /** Adds g · ([v = y] − π(v|c)) to the context's gradient. */
    private void push(ImmutableIntArray context, int token, double g) {
      double[] distribution = logDistribution(weights, context);
      double[] sum = gradients.row(context);
      for (int v = 0; v < sum.length; v++) {
        sum[v] -= g * Math.exp(distribution[v]);
      }
      sum[token] += g;
    }

    @Override
    public void close() {
      once.close();
    }
  }
}
