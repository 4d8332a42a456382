package org.dpo4j.examples;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.api.DpoTrainer;
import org.dpo4j.api.Losses;
import org.dpo4j.api.PreferenceDataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.Reference;
import org.dpo4j.api.Schedule;
import org.dpo4j.api.TrainingReport;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.PairObjective;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;
import org.dpo4j.core.theory.BradleyTerry;
import org.dpo4j.core.theory.ClosedFormOptimum;
import org.dpo4j.core.theory.Divergences;

/**
 * A world in which the answer is known: one prompt, eight words that may complete it, each with a
 * true reward, and preferences drawn from Bradley–Terry. Shows that DPO converges to the
 * closed-form optimum π* ∝ π_ref·exp(r/β), and what every other loss does with the same data.
 */
public final class ToyWorld {

  private static final String PROMPT = "The film was";

  /** Completions and their true rewards, in nats. */
  private static final ImmutableMap<String, Double> REWARDS =
      ImmutableMap.<String, Double>builder()
          .put(" superb", 0.40)
          .put(" charming", 0.33)
          .put(" good", 0.26)
          .put(" fine", 0.19)
          .put(" long", 0.14)
          .put(" dull", 0.09)
          .put(" poor", 0.04)
          .put(" dreadful", 0.00)
          .buildOrThrow();

  private static final ImmutableList<String> WORDS = REWARDS.keySet().asList();

  /** A logit that makes anything but one word and an end as good as impossible. */
  private static final double NEVER = -40.0;

  private final WordTokenizer tokenizer = WordTokenizer.of(List.of(PROMPT, String.join("", WORDS)));
  private final TabularPolicy reference = reference();
  private final PrintStream out;

  private ToyWorld(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints both tables.
   *
   * @param args not used
   */
  public static void main(String[] args) {
    // UTF-8 whatever the locale: the tables have Greek letters.
    run(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
  }

  /** Prints both tables somewhere; returns KL(π‖π*) at the end of each run of DPO. */
  static List<Double> run(PrintStream out) {
    ToyWorld world = new ToyWorld(out);
    List<Double> divergences = world.convergence();
    world.losses();
    return divergences;
  }

  /** DPO on exact preference probabilities against the closed form, for three β. */
  private List<Double> convergence() {
    List<Double> reached = new ArrayList<>();
    out.println("DPO converges to the closed form: KL(π‖π*) in nats, by optimizer step");
    out.println(
        "π* ∝ π_ref·exp(r/β); its expected reward and KL(π*‖π_ref) are in the last columns");
    out.println();
    out.printf(
        Locale.ROOT,
        "%-6s %9s %9s %9s %9s %9s | %6s %7s | %6s %7s%n",
        "β",
        "0",
        "10",
        "100",
        "300",
        "1000",
        "E[r]",
        "KL ref",
        "E[r]*",
        "KL ref*");
    PreferenceDataset pairs = exactPairs();
    for (double beta : new double[] {0.05, 0.1, 0.5}) {
      ClosedFormOptimum optimum = optimum(beta);
      TabularPolicy policy = reference.copy();
      Map<Integer, Double> divergence = new TreeMap<>();
      divergence.put(0, optimum.divergenceOf(distribution(policy)));
      DpoTrainer.builder()
          .policy(policy)
          .reference(Reference.cached(Reference.frozenCopy()))
          .loss(Losses.dpo())
          .beta(beta)
          .optimizer(AdamW.learningRate(0.05))
          .schedule(Schedule.cosine())
          .batchSize(pairs.size())
          .epochs(1000)
          .maxGradNorm(Double.POSITIVE_INFINITY)
          .listener(step -> divergence.put(step.step(), optimum.divergenceOf(distribution(policy))))
          .build()
          .train(pairs);
      double[] logProbs = distribution(policy);
      double[] best = optimum.logProbs().toArray();
      out.printf(Locale.ROOT, "%-6s", beta);
      for (int step : new int[] {0, 10, 100, 300, 1000}) {
        out.printf(Locale.ROOT, " %9.2e", divergence.get(step));
      }
      out.printf(
          Locale.ROOT,
          " | %6.3f %7.3f | %6.3f %7.3f%n",
          expectedReward(logProbs),
          fromReference(logProbs),
          expectedReward(best),
          fromReference(best));
      reached.add(optimum.divergenceOf(logProbs));
    }
    return reached;
  }

  /** Every loss on the same preferences, in the proportions of Bradley–Terry. */
  private void losses() {
    out.println();
    out.println(
        "Every loss on the same preferences: each pair of words in both orders, weighted by probability");
    out.println(
        "All answers are equally long, so length-aware losses do as DPO does; π* is that of β = 0.1");
    out.println("order: share of word pairs the implicit reward puts in their true order");
    out.println("Δ log π(y_w): mean change of a chosen answer's log-probability");
    out.println();
    out.printf(
        Locale.ROOT,
        "%-28s %4s %6s %7s %7s %6s %13s%n",
        "loss",
        "β",
        "E[r]",
        "KL ref",
        "KL π*",
        "order",
        "Δ log π(y_w)");
    ClosedFormOptimum optimum = optimum(0.1);
    double[] start = distribution(reference);
    out.printf(
        Locale.ROOT,
        "%-28s %4s %6.3f %7.3f %7.3f%n",
        "(reference)",
        "",
        expectedReward(start),
        fromReference(start),
        optimum.divergenceOf(start));
    for (Contender contender : contenders()) {
      TabularPolicy policy = reference.copy();
      // AOT sorts its batch and takes no weights: it gets the same proportions as repeated pairs.
      PreferenceDataset pairs =
          contender.loss().traits().couplesBatch() ? repeatedPairs(10) : weightedPairs();
      TrainingReport report =
          DpoTrainer.builder()
              .policy(policy)
              .reference(Reference.cached(Reference.frozenCopy()))
              .loss(contender.loss())
              .beta(contender.beta())
              .optimizer(AdamW.learningRate(0.05))
              .schedule(Schedule.cosine())
              .batchSize(pairs.size())
              .epochs(300)
              .maxGradNorm(Double.POSITIVE_INFINITY)
              .build()
              .train(pairs);
      double[] chosen = report.history("logps/chosen");
      double[] logProbs = distribution(policy);
      out.printf(
          Locale.ROOT,
          "%-28s %4s %6.3f %7.3f %7.3f %6.2f %13.3f%n",
          contender.loss().name(),
          contender.beta(),
          expectedReward(logProbs),
          fromReference(logProbs),
          optimum.divergenceOf(logProbs),
          inTrueOrder(logProbs, start),
          chosen[chosen.length - 1] - chosen[0]);
    }
  }

  private record Contender(PairObjective loss, double beta) {}

  private static List<Contender> contenders() {
    return List.of(
        new Contender(Losses.dpo(), 0.1),
        new Contender(Losses.cdpo(0.1), 0.1),
        new Contender(Losses.robustDpo(0.1), 0.1),
        new Contender(Losses.hinge(), 0.1),
        new Contender(Losses.ipo(), 0.1),
        new Contender(Losses.ipoSummed(), 0.1),
        new Contender(Losses.dpop(5.0), 0.1),
        new Contender(Losses.exo(0.1), 0.1),
        new Contender(Losses.nca(), 0.1),
        new Contender(Losses.bcoPair(), 0.1),
        new Contender(Losses.sppoHard(), 0.1),
        new Contender(Losses.aot(), 0.1),
        new Contender(Losses.aotUnpaired(), 0.1),
        new Contender(Losses.apoZero(), 0.1),
        new Contender(Losses.apoDown(), 0.1),
        new Contender(Losses.discoPop(), 0.1),
        new Contender(Losses.lengthNormalisedDpo(), 0.2),
        new Contender(Losses.rDpo(0.01), 0.1),
        new Contender(Losses.ldDpo(0.5), 0.1),
        new Contender(Losses.wpo(), 0.1),
        new Contender(Losses.simPo(0.5), 2.0),
        new Contender(Losses.simPer(), 0.1),
        new Contender(Losses.cpo(), 0.1),
        new Contender(Losses.orpo(), 0.1),
        new Contender(Losses.slicHf(1.0, 0.1), 0.1),
        new Contender(Losses.mpo(), 0.1),
        new Contender(Losses.sft(), 0.1));
  }

  /** All pairs, each with the exact probability of its label as the annotators' agreement. */
  private static PreferenceDataset exactPairs() {
    List<PreferencePair> pairs = new ArrayList<>();
    forEachPair(
        (chosen, rejected, probability) -> {
          if (probability > 0.5) {
            pairs.add(pair(chosen, rejected).withAgreement(probability));
          }
        });
    return PreferenceDataset.of(pairs);
  }

  /** All pairs in both orders, each weighted by the probability of its label. */
  private static PreferenceDataset weightedPairs() {
    List<PreferencePair> pairs = new ArrayList<>();
    forEachPair(
        (chosen, rejected, probability) ->
            pairs.add(pair(chosen, rejected).withWeight(2.0 * probability)));
    return PreferenceDataset.of(pairs);
  }

  /**
   * All pairs in both orders, each as often in a number of comparisons as its label is probable.
   */
  private static PreferenceDataset repeatedPairs(int comparisons) {
    List<PreferencePair> pairs = new ArrayList<>();
    forEachPair(
        (chosen, rejected, probability) ->
            pairs.addAll(
                Collections.nCopies(
                    (int) Math.round(comparisons * probability), pair(chosen, rejected))));
    return PreferenceDataset.of(pairs);
  }

  @FunctionalInterface
  private interface PairConsumer {
    void accept(int chosen, int rejected, double probability);
  }

  private static void forEachPair(PairConsumer consumer) {
    for (int chosen = 0; chosen < WORDS.size(); chosen++) {
      for (int rejected = 0; rejected < WORDS.size(); rejected++) {
        if (chosen != rejected) {
          consumer.accept(
              chosen, rejected, BradleyTerry.probability(reward(chosen), reward(rejected)));
        }
      }
    }
  }

  private static PreferencePair pair(int chosen, int rejected) {
    return PreferencePair.of(PROMPT, WORDS.get(chosen), WORDS.get(rejected));
  }

  private static double reward(int word) {
    return REWARDS.values().asList().get(word);
  }

  /** π_ref: says one of the eight words, the duller the likelier, and ends. */
  private TabularPolicy reference() {
    TabularPolicy policy = TabularPolicy.of(tokenizer);
    PromptGroup group = words();
    int vocabulary = tokenizer.vocabulary().size();
    double[] first = filled(vocabulary, NEVER);
    for (int word = 0; word < WORDS.size(); word++) {
      int id = group.completions().get(word).get(0);
      first[id] = 0.15 * word;
      double[] second = filled(vocabulary, NEVER);
      second[group.completions().get(word).get(1)] = 0.0;
      policy.setLogits(ImmutableIntArray.builder().addAll(group.prompt()).add(id).build(), second);
    }
    policy.setLogits(group.prompt(), first);
    return policy;
  }

  private static double[] filled(int size, double value) {
    double[] array = new double[size];
    Arrays.fill(array, value);
    return array;
  }

  private PromptGroup words() {
    return tokenizer.encode(Text.of(PROMPT), WORDS.stream().map(Text::of).toList());
  }

  /** {@code [words]} log π(word|prompt). */
  private double[] distribution(TokenScorer policy) {
    TokenValues logProbs = policy.logProbs(List.of(words()));
    double[] sums = new double[logProbs.rows()];
    for (int row = 0; row < sums.length; row++) {
      sums[row] = logProbs.sum(row);
    }
    return sums;
  }

  private ClosedFormOptimum optimum(double beta) {
    return ClosedFormOptimum.of(distribution(reference), rewards(), beta);
  }

  private double fromReference(double[] logProbs) {
    return Divergences.reverseKl(logProbs, distribution(reference));
  }

  private static double expectedReward(double[] logProbs) {
    double expected = 0.0;
    for (int word = 0; word < logProbs.length; word++) {
      expected += Math.exp(logProbs[word]) * reward(word);
    }
    return expected;
  }

  /** Words are listed best first. */
  private static double inTrueOrder(double[] logProbs, double[] referenceLogProbs) {
    int inOrder = 0;
    int compared = 0;
    for (int better = 0; better < logProbs.length; better++) {
      for (int worse = better + 1; worse < logProbs.length; worse++) {
        double margin =
            (logProbs[better] - referenceLogProbs[better])
                - (logProbs[worse] - referenceLogProbs[worse]);
        inOrder += margin > 0 ? 1 : 0;
        compared++;
      }
    }
    return (double) inOrder / compared;
  }

  private static double[] rewards() {
    return REWARDS.values().stream().mapToDouble(Double::doubleValue).toArray();
  }
}
