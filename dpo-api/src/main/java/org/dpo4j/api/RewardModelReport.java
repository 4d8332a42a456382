package org.dpo4j.api;

import com.google.common.collect.Lists;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.api.reward.RewardedCompletion;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.RewardScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.statistics.Pearson;

/**
 * What a reward model is worth on pairs it was not trained on, and what it costs beside its
 * teacher.
 *
 * @param pairs how many there were, ≥ 1
 * @param accuracy share of them whose chosen completion has the larger reward
 * @param millis milliseconds that scoring a completion takes
 * @param teacher the same of the teacher, if there is one, and how far they agree
 */
public record RewardModelReport(
    int pairs, double accuracy, double millis, Optional<Teacher> teacher) {

  /**
   * A teacher beside its student.
   *
   * @param accuracy as above, of the teacher
   * @param millis as above, of the teacher
   * @param sameOrder share of pairs that both put in the same order
   * @param correlation Pearson's, of the rewards less their pair's mean, since only differences
   *     within a prompt mean something; empty where all rewards of a pair are equal
   */
  public record Teacher(
      double accuracy, double millis, double sameOrder, OptionalDouble correlation) {}

  /**
   * Measures. Times are of scoring tokens, batch by batch and both models in turn, after a first
   * batch that is not counted.
   *
   * @param model the reward model
   * @param teacher what it learnt from, or what it is to be compared with
   * @param tokenizer of both
   * @param pairs held out, at least one
   * @param batchSize pairs scored together, ≥ 1
   * @return the report
   * @throws IllegalArgumentException if there are no pairs, or one can't be tokenized, which is
   *     named
   */
  public static RewardModelReport of(
      RewardScorer model,
      Optional<ImplicitRewardModel> teacher,
      Tokenizer tokenizer,
      PreferenceDataset pairs,
      int batchSize) {
    Check.that(pairs.size() > 0, "pairs must have at least one element, got none");
    Check.atLeastOne("batchSize", batchSize);
    List<PromptGroup> groups = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      groups.add(EncodedExample.of(pair, tokenizer).group());
    }
    List<List<PromptGroup>> batches = Lists.partition(groups, batchSize);
    Scoring student = new Scoring(model::rewards);
    Optional<Scoring> taught = teacher.map(other -> new Scoring(batch -> rewards(other, batch)));
    student.warmUp(batches.get(0));
    taught.ifPresent(scoring -> scoring.warmUp(batches.get(0)));
    for (List<PromptGroup> batch : batches) {
      // In turn, so that what else the machine does falls on both.
      student.add(batch);
      taught.ifPresent(scoring -> scoring.add(batch));
    }
    Scored own = student.scored();
    return new RewardModelReport(
        pairs.size(),
        own.accuracy(),
        own.millis(),
        taught
            .map(Scoring::scored)
            .map(
                other ->
                    new Teacher(
                        other.accuracy(),
                        other.millis(),
                        own.sameOrder(other),
                        Pearson.correlation(own.centred(), other.centred()))));
  }

  private static ImmutableDoubleArray rewards(
      ImplicitRewardModel teacher, List<PromptGroup> groups) {
    return ImmutableDoubleArray.copyOf(
        teacher.score(groups).stream()
            .flatMap(List::stream)
            .mapToDouble(RewardedCompletion::reward));
  }

  /** A model that is being timed. */
  private static final class Scoring {

    private final Function<List<PromptGroup>, ImmutableDoubleArray> scorer;
    private final ImmutableDoubleArray.Builder rewards = ImmutableDoubleArray.builder();
    private long nanos;

    Scoring(Function<List<PromptGroup>, ImmutableDoubleArray> scorer) {
      this.scorer = scorer;
    }

    /** What a library does once is not counted. */
    void warmUp(List<PromptGroup> batch) {
      int given = scorer.apply(batch).length();
      Check.that(
          given == 2 * batch.size(),
          "the model must give two rewards a pair, %d, got %d",
          2 * batch.size(),
          given);
    }

    void add(List<PromptGroup> batch) {
      long begin = System.nanoTime();
      ImmutableDoubleArray given = scorer.apply(batch);
      nanos += System.nanoTime() - begin;
      rewards.addAll(given);
    }

    Scored scored() {
      ImmutableDoubleArray all = rewards.build();
      return new Scored(all, nanos / 1e6 / all.length());
    }
  }

  /**
   * Rewards of pairs, and the time one of them took.
   *
   * @param rewards chosen and rejected in turn
   */
  private record Scored(ImmutableDoubleArray rewards, double millis) {

    int pairs() {
      return rewards.length() / 2;
    }

    double margin(int pair) {
      return rewards.get(2 * pair) - rewards.get(2 * pair + 1);
    }

    double accuracy() {
      int right = 0;
      for (int pair = 0; pair < pairs(); pair++) {
        right += margin(pair) > 0 ? 1 : 0;
      }
      return (double) right / pairs();
    }

    double sameOrder(Scored other) {
      int same = 0;
      for (int pair = 0; pair < pairs(); pair++) {
        same += Math.signum(margin(pair)) == Math.signum(other.margin(pair)) ? 1 : 0;
      }
      return (double) same / pairs();
    }

    /** Rewards less their pair's mean: ± half of the margin. */
    ImmutableDoubleArray centred() {
      ImmutableDoubleArray.Builder centred = ImmutableDoubleArray.builder(rewards.length());
      for (int pair = 0; pair < pairs(); pair++) {
        centred.add(margin(pair) / 2).add(-margin(pair) / 2);
      }
      return centred.build();
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d held-out pairs%nright         %5.1f %%%s%nms a candidate %7.2f%s",
            pairs,
            100 * accuracy,
            teacher
                .map(t -> String.format(Locale.ROOT, ", the teacher %.1f %%", 100 * t.accuracy()))
                .orElse(""),
            millis,
            teacher
                .map(t -> String.format(Locale.ROOT, ", the teacher %.2f", t.millis()))
                .orElse("")));
    teacher.ifPresent(
        t ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%nsame order    %5.1f %%%ncorrelation    %s",
                    100 * t.sameOrder(),
                    t.correlation().isPresent()
                        ? String.format(Locale.ROOT, "%7.3f", t.correlation().getAsDouble())
                        : "none")));
    return text.toString();
  }
}
