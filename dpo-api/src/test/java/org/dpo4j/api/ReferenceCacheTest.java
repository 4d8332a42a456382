package org.dpo4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities computed in one go. */
class ReferenceCacheTest {

  private static final PreferenceDataset PAIRS = Toy.pairs(20);

  @TempDir Path directory;

  private Path file;
  private final CountingScorer model = new CountingScorer(Toy.random());

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("reference.logprobs");
  }

  @Test
  void fill_computesWhatTheFileHasNotOnceADistinctExample() {
    assertThat(ReferenceCache.in(file).fill(model, Toy.WORDS, PAIRS.range(0, 5))).isEqualTo(5);
    assertThat(ReferenceCache.in(file).fill(model, Toy.WORDS, PAIRS.concat(PAIRS.range(3, 12))))
        .isEqualTo(15);
    assertThat(ReferenceCache.in(file).fill(model, Toy.WORDS, PAIRS)).isZero();

    assertThat(model.asked).containsExactlyElementsOf(Toy.tokens(PAIRS));
    assertThat(model.closed).isZero();
    try (LogProbFile store = LogProbFile.reading(file)) {
      for (PromptGroup group : Toy.tokens(PAIRS)) {
        assertThat(store.get(group)).isEqualTo(Toy.random().logProbs(List.of(group)));
      }
    }
  }

  @Test
  void fill_scoresSoManyPairsAtATime() {
    ReferenceCache.in(file).withBatchSize(7).fill(model, Toy.WORDS, PAIRS);

    assertThat(model.calls).isEqualTo(3);
  }

  @Test
  void fill_scoresSoManyTokensAtATimeLongestFirst() {
    int longest = Toy.tokens(PAIRS).stream().mapToInt(PromptGroup::tokens).max().orElseThrow();

    ReferenceCache.in(file).withMaxTokens(longest).fill(model, Toy.WORDS, PAIRS);

    assertThat(model.calls).isBetween(10, 20);
    assertThat(model.asked).hasSize(20);
    assertThat(model.asked.get(0).tokens()).isEqualTo(longest);
  }

  @Test
  void fill_refusesAPairAboveTheBudgetBeforeComputing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReferenceCache.in(file).withMaxTokens(5).fill(model, Toy.WORDS, PAIRS))
        .withMessageContaining(
            "more than the 5 that may be computed at a time, and a pair can't be split");
    assertThat(model.calls).isZero();
    assertThat(file).doesNotExist();
  }

  @Test
  void fill_namesThePairsOfAValueThatIsNoNumberAndKeepsTheOthers() {
    model.notANumberAt = call -> call == 2;

    assertThatIllegalStateException()
        .isThrownBy(() -> ReferenceCache.in(file).withBatchSize(3).fill(model, Toy.WORDS, PAIRS))
        .withMessage(
            "reference log-probs of pairs [3, 4, 5]: reference log-prob must be a finite number,"
                + " got NaN at token 0 of the chosen completion");

    assertThat(ReferenceCache.in(file).fill(model, Toy.WORDS, PAIRS.range(0, 6))).isOne();
  }

  @Test
  void fill_refusesValuesAboveZero() {
    TokenScorer wrong =
        new TokenScorer() {
          @Override
          public TokenScores score(List<PromptGroup> groups, Set<TokenStatistic> statistics) {
            TokenValues right = Toy.random().logProbs(groups);
            return TokenScores.of(right.map((row, token) -> 0.5), Map.of());
          }

          @Override
          public Optional<String> fingerprint() {
            return Optional.of("wrong");
          }
        };

    assertThatIllegalStateException()
        .isThrownBy(() -> ReferenceCache.in(file).fill(wrong, Toy.WORDS, PAIRS.range(0, 1)))
        .withMessage(
            "reference log-probs of pairs [0]: a reference log-prob must be ≤ 0, got more");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void withBatchSizeAndMaxTokens_belowOne_areRefused(int value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReferenceCache.in(file).withBatchSize(value))
        .withMessage("batchSize must be ≥ 1, got " + value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReferenceCache.in(file).withMaxTokens(value))
        .withMessage("maxTokens must be ≥ 1, got " + value);
  }
}
