package org.dpo4j.benchmarks;

import com.google.common.collect.ImmutableList;
import com.google.common.math.Quantiles;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.dpo4j.api.reward.ImplicitRewardModel;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.torch.LanguageModel;
import org.dpo4j.torch.Lora;
import org.dpo4j.torch.Placement;

/**
 * How long the implicit reward of 16 candidates of 40 tokens after a prompt of 200 takes: all of
 * them in one pass a model, and each in a pass of its own. Prints seconds of both, alternating, and
 * the ratio of their medians. Ids are random: what is computed does not depend on them.
 */
public final class ScoringBenchmark {

  private static final int CANDIDATES = 16;
  private static final int CANDIDATE_TOKENS = 40;
  private static final int PROMPT_TOKENS = 200;
  private static final int IDS = 1000;
  private static final double TARGET = 0.3;
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(Arguments.MODEL, Arguments.ROUNDS, Arguments.THREADS);

  private ScoringBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param arguments {@code [--model DIRECTORY] [--rounds 5] [--threads n]}
   */
  public static void main(String... arguments) {
    Arguments given = Arguments.parse(ImmutableList.copyOf(arguments), NAMES);
    int rounds = given.rounds();
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(given.threads()));
    Random random = new Random(42);
    ImmutableIntArray prompt = ids(PROMPT_TOKENS, random);
    List<ImmutableIntArray> candidates =
        IntStream.range(0, CANDIDATES).mapToObj(i -> ids(CANDIDATE_TOKENS, random)).toList();
    PromptGroup together = PromptGroup.of(prompt, candidates);
    List<PromptGroup> apart =
        candidates.stream()
            .map(candidate -> PromptGroup.of(prompt, ImmutableList.of(candidate)))
            .toList();
    try (LanguageModel model = LanguageModel.load(given.model(), Placement.on("cpu"))) {
      ImplicitRewardModel rewards =
          ImplicitRewardModel.of(model.train(Lora.rank(16)), model.base(), model.tokenizer(), 0.1);
      List<Double> packed = new ArrayList<>();
      List<Double> single = new ArrayList<>();
      // The first round warms up.
      for (int round = 0; round <= rounds; round++) {
        double first = seconds(() -> rewards.score(together));
        double second = seconds(() -> apart.forEach(rewards::score));
        if (round > 0) {
          packed.add(first);
          single.add(second);
          System.out.printf(Locale.ROOT, "packed %.3f s, apart %.3f s%n", first, second);
        }
      }
      double ratio = Quantiles.median().compute(packed) / Quantiles.median().compute(single);
      System.out.printf(
          Locale.ROOT,
          "ratio of medians %.3f (≤ %s %s)%n",
          ratio,
          TARGET,
          ratio <= TARGET ? "met" : "missed");
    }
  }

  private static ImmutableIntArray ids(int count, Random random) {
    return ImmutableIntArray.copyOf(random.ints(count, 0, IDS));
  }

  private static double seconds(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }
}
