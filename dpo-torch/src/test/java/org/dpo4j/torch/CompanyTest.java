package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.torch.internal.decoder.CachedNetwork.Start;
import org.dpo4j.torch.internal.decoder.Decoding;
import org.dpo4j.torch.internal.decoder.Logits;
import org.dpo4j.torch.internal.decoder.Network;
import org.dpo4j.torch.internal.tokenizer.RealModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Numbers don't depend on company: what is computed for a text has the same bits whatever is
 * computed beside it, in whatever place. CI runs these tests again with other kernels and other
 * numbers of threads, which have to be chosen before libtorch starts.
 */
@Tag("bits")
class CompanyTest {

  private static final int[] ROWS = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 255, 512};
  private static final int STEPS = 3;

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void generation_anyNumberOfRows_sameBits(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      requireSameLogits(model.trainCopyOf("tiny").network(), ROWS);
      requireSameLogits(model.train(Lora.rank(2)).network(), 2, 9, 33);
    }
  }

  @ParameterizedTest
  @FieldSource(TinyModel.SOURCE)
  void scores_anyCompany_sameBits(String name) {
    TinyModel tiny = TinyModel.of(name);
    try (LanguageModel model = tiny.load().loadAdapter("tiny", tiny.adapter())) {
      TorchPolicy policy = model.trainCopyOf("tiny");
      requireSameScores(policy, 1, 2, 3, 5, 9, 33);
      requireSameScores(model.base(), 2, 17);
      requireSameForward(policy);
    }
  }

  @Test
  void rewards_anyCompany_sameBits() {
    TinyModel tiny = TinyModel.of("llama");
    try (LanguageModel model = tiny.load()) {
      RewardModel rewards = model.loadRewardModel(tiny.directory().resolve("reward"));
      List<PromptGroup> groups = groups(40);
      double[] together = rewards.rewards(groups).toArray();
      List<PromptGroup> alone = TinyModel.oneByOne(groups);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(rewards.rewards(List.of(alone.get(i))).get(0)).isEqualTo(together[i]);
      }
    }
  }

  @Test
  void bf16Weights_anyCompany_sameBits() {
    TinyModel tiny = TinyModel.of("llama");
    for (Precision precision : Precision.values()) {
      try (LanguageModel model = tiny.load(Placement.on("cpu").precision(precision))) {
        requireSameScores(model.base(), 2, 9);
        requireSameLogits(model.train(Lora.rank(2)).network(), 2, 5, 17, 64);
      }
    }
  }

  @Test
  @Tag("real-model")
  void realModel_anyCompany_sameBits() {
    try (LanguageModel model =
        LanguageModel.load(RealModel.directoryOrSkip(), Placement.on("cpu"))) {
      TorchPolicy policy = model.train(Lora.rank(4));
      requireSameLogits(policy.network(), 2, 3, 7, 8, 17);
      requireSameScores(policy, 2, 5);
    }
  }

  /**
   * One continuation among {@code rows}, first, in the middle and last, and after other prompts.
   */
  private static void requireSameLogits(Network network, int... rows) {
    ImmutableIntArray prompt = ids(11, 1);
    List<float[]> alone = logits(network, List.of(new Start(prompt, 1)), 0, 0);
    for (int n : rows) {
      for (int at : new int[] {0, n / 2, n - 1}) {
        requireSame(alone, logits(network, List.of(new Start(prompt, n)), 0, at), n + " rows");
      }
      List<Start> company =
          List.of(
              new Start(ids(5, 2), n), new Start(prompt, 2), new Start(ids(40, 3), (n + 1) / 2));
      requireSame(alone, logits(network, company, 1, n), "between " + n + " rows");
    }
  }

  private static void requireSame(List<float[]> expected, List<float[]> actual, String as) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("%s, step %d", as, i).isEqualTo(expected.get(i));
    }
  }

  /** What follows prompt and steps in a row, each with its log-sum. */
  private static List<float[]> logits(Network network, List<Start> starts, int prompt, int row) {
    int rows = starts.stream().mapToInt(Start::continuations).sum();
    Random others = new Random(rows);
    List<float[]> all = new ArrayList<>();
    try (Decoding decoding = network.cached().begin(starts, STEPS + 1)) {
      all.add(row(decoding.promptLogits(), prompt));
      for (int step = 0; step < STEPS; step++) {
        int[] tokens = others.ints(rows, 0, 300).toArray();
        tokens[row] = 7 + 31 * step;
        all.add(row(decoding.step(tokens), row));
      }
    }
    return all;
  }

  private static float[] row(Logits logits, int row) {
    int width = logits.vocabulary();
    float[] values = Arrays.copyOfRange(logits.values(), row * width, row * width + width + 1);
    values[width] = logits.logSums()[row];
    return values;
  }

  /** Each completion alone, beside the group's others, and in batches of other groups. */
  private static void requireSameScores(TokenScorer scorer, int... counts) {
    List<PromptGroup> groups = groups(2);
    List<double[]> alone = new ArrayList<>();
    for (PromptGroup one : TinyModel.oneByOne(groups)) {
      alone.add(scorer.logProbs(List.of(one)).row(0));
    }
    for (int n : counts) {
      List<PromptGroup> others = groups(n);
      for (int at : new int[] {0, n / 2, n}) {
        List<PromptGroup> batch = new ArrayList<>(others);
        batch.addAll(at, groups);
        int before = others.subList(0, at).stream().mapToInt(g -> g.completions().size()).sum();
        TokenValues scores = scorer.logProbs(batch);
        for (int i = 0; i < alone.size(); i++) {
          assertThat(scores.row(before + i))
              .as("completion %d at %d of %d", i, at, n)
              .isEqualTo(alone.get(i));
        }
      }
    }
  }

  /** A pass that is learnt from gives what scoring gives. */
  private static void requireSameForward(TorchPolicy policy) {
    List<PromptGroup> groups = groups(7);
    try (ForwardPass pass = policy.forward(groups, Set.of())) {
      assertThat(pass.scores().logProbs()).isEqualTo(policy.logProbs(groups));
    }
  }

  /** Prompts of 1 to 60 tokens, with one to three completions. */
  private static List<PromptGroup> groups(int n) {
    Random lengths = new Random(n);
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                PromptGroup.of(
                    ids(1 + lengths.nextInt(60), 100 * n + i),
                    IntStream.rangeClosed(0, i % 3)
                        .mapToObj(k -> ids(1 + lengths.nextInt(30), 1000 * n + 10 * i + k))
                        .toList()))
        .toList();
  }

  private static ImmutableIntArray ids(int length, long seed) {
    return ImmutableIntArray.copyOf(new Random(seed).ints(length, 0, 300));
  }
}
