package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Streams;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.tabular.TabularPolicy;
import org.dpo4j.core.tabular.WordTokenizer;

/** Small policies and data, and what the tests ask of them. */
final class Toy {

  /** Ids: 0 ends a completion, 1 is {@code ask}, 2 to 10 are {@code a} to {@code i}. */
  static final WordTokenizer WORDS = WordTokenizer.of(List.of("ask a b c d e f g h i"));

  private static final String LETTERS = "abcdefghi";

  private Toy() {}

  /** Every token equally likely after any context; contexts share nothing. */
  static TabularPolicy uniform() {
    return TabularPolicy.of(WORDS);
  }

  /** A bigram model with random logits, so that pairs share parameters and nothing is symmetric. */
  static TabularPolicy random() {
    TabularPolicy policy = TabularPolicy.of(WORDS, 1);
    Random random = new Random(7);
    for (int id = 0; id < WORDS.vocabulary().size(); id++) {
      policy.setLogits(
          ImmutableIntArray.of(id), random.doubles(WORDS.vocabulary().size(), -1.0, 1.0).toArray());
    }
    return policy;
  }

  /**
   * Pairs with ids 0, 1, … and a prompt of their own each. Completions have 1 to 4 words and differ
   * from the first word on.
   *
   * @param size at most 81
   */
  static PreferenceDataset pairs(int size) {
    Random random = new Random(11);
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int first = random.nextInt(9);
      int other = (first + 1 + random.nextInt(8)) % 9;
      pairs.add(
          PreferencePair.of(
              "ask" + word(i / 9) + word(i % 9),
              word(first) + words(random),
              word(other) + words(random)));
    }
    return PreferenceDataset.of(pairs);
  }

  private static String words(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(word(random.nextInt(9)));
    }
    return text.toString();
  }

  private static String word(int letter) {
    return " " + LETTERS.charAt(letter);
  }

  /** The completions of pairs, each judged alone: up, down, up, …; two in turn have one prompt. */
  static Dataset<UnpairedExample> unpaired(int size) {
    return Dataset.from(
        size,
        index -> {
          PreferencePair pair = pairs((size + 1) / 2).get(index / 2);
          boolean up = index % 2 == 0;
          return UnpairedExample.of(pair.prompt(), up ? pair.chosen() : pair.rejected(), up);
        });
  }

  /** Rankings of two to four completions. */
  static Dataset<RankedExample> rankings(int size) {
    PreferenceDataset pairs = pairs(size);
    return Dataset.from(
        size,
        index -> {
          List<Text> completions = new ArrayList<>();
          completions.add(pairs.get(index).chosen());
          completions.add(pairs.get(index).rejected());
          for (int more = 0; more < index % 3; more++) {
            completions.add(Text.of(word(index % 9) + word(more)));
          }
          return RankedExample.of(pairs.get(index).prompt(), completions);
        });
  }

  /** A trainer on plain gradient descent at a constant rate, without clipping. */
  static DpoTrainer.Builder trainer(Policy policy) {
    return DpoTrainer.builder()
        .policy(policy)
        .optimizer(Sgd.learningRate(0.5))
        .schedule(Schedule.constant())
        .maxGradNorm(Double.POSITIVE_INFINITY);
  }

  static PromptGroup tokens(PreferencePair pair) {
    return WORDS.encode(pair.prompt(), List.of(pair.chosen(), pair.rejected()));
  }

  static List<PromptGroup> tokens(PreferenceDataset pairs) {
    return Streams.stream(pairs).map(Toy::tokens).toList();
  }

  static List<String> ids(PreferenceDataset pairs) {
    return Streams.stream(pairs).map(PreferencePair::id).toList();
  }

  /** Token log-probabilities, chosen and rejected rows in turn. */
  static TokenValues logProbs(TokenScorer scorer, PreferenceDataset pairs) {
    return scorer.logProbs(tokens(pairs));
  }

  /** DPO's mean loss, computed apart from the code under test. */
  static double dpoLoss(
      TokenScorer policy, TokenScorer reference, PreferenceDataset pairs, double beta) {
    TokenValues logProbs = logProbs(policy, pairs);
    TokenValues referenceLogProbs = logProbs(reference, pairs);
    double sum = 0.0;
    for (int i = 0; i < pairs.size(); i++) {
      double chosen = logProbs.sum(2 * i) - referenceLogProbs.sum(2 * i);
      double rejected = logProbs.sum(2 * i + 1) - referenceLogProbs.sum(2 * i + 1);
      sum += Math.log(1.0 + Math.exp(-beta * (chosen - rejected)));
    }
    return sum / pairs.size();
  }

  static void assertClose(TokenValues actual, TokenValues expected, double tolerance) {
    assertThat(actual.sameShape(expected)).isTrue();
    for (int row = 0; row < actual.rows(); row++) {
      assertThat(actual.row(row)).containsExactly(expected.row(row), within(tolerance));
    }
  }

  static void assertClose(Metrics actual, Metrics expected, double tolerance) {
    assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
    for (String name : actual.names()) {
      assertThat(actual.get(name))
          .as(name)
          .isCloseTo(
              expected.get(name), within(tolerance * Math.max(1, Math.abs(expected.get(name)))));
    }
  }

  static void assertClose(TrainingReport actual, TrainingReport expected, double tolerance) {
    assertThat(actual.steps()).hasSameSizeAs(expected.steps());
    for (int i = 0; i < actual.steps().size(); i++) {
      assertClose(actual.steps().get(i).metrics(), expected.steps().get(i).metrics(), tolerance);
    }
  }
}
