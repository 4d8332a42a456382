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
   * Measures. Times are of scoring tokens, batch by batch, after a first batch that is not counted.
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
    Scored student = Scored.of(batches, model::rewards);
    return new RewardModelReport(
        pairs.size(),
        student.accuracy(),
        student.millis(),
        teacher.map(
            other -> {
              Scored taught = Scored.of(batches, batch -> rewards(other, batch));
              return new Teacher(
                  taught.accuracy(),
                  taught.millis(),
                  student.sameOrder(taught),
                  Pearson.correlation(student.centred(), taught.centred()));
            }));
  }

  private static ImmutableDoubleArray rewards(
      ImplicitRewardModel teacher, List<PromptGroup> groups) {
    return ImmutableDoubleArray.copyOf(
        teacher.score(groups).stream()
            .flatMap(List::stream)
            .mapToDouble(RewardedCompletion::reward));
  }

  /**
   * Rewards of pairs, and the time they took.
   *
   * @param rewards chosen and rejected in turn
   */
  private record Scored(ImmutableDoubleArray rewards, double millis) {

    static Scored of(
        List<List<PromptGroup>> batches, Function<List<PromptGroup>, ImmutableDoubleArray> scorer) {
      ImmutableDoubleArray unused = scorer.apply(batches.get(0)); // what a library does once
      Check.that(
          unused.length() == 2 * batches.get(0).size(),
          "the model must give two rewards a pair, %d, got %d",
          2 * batches.get(0).size(),
          unused.length());
      ImmutableDoubleArray.Builder rewards = ImmutableDoubleArray.builder();
      long begin = System.nanoTime();
      for (List<PromptGroup> batch : batches) {
        rewards.addAll(scorer.apply(batch));
      }
      long took = System.nanoTime() - begin;
      ImmutableDoubleArray all = rewards.build();
      return new Scored(all, took / 1e6 / all.length());
    }

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
