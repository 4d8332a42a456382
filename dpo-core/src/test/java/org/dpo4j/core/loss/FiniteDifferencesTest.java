package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dpo4j.core.loss.Differences.assertGradient;

import com.google.common.collect.ImmutableList;
import java.util.Random;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.KnownObjectives.Known;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of every pair objective is the derivative of its loss. */
class FiniteDifferencesTest {
  private static final int[] PAIRS = {1, 1, 1, 2, 7, 7};
  private static final int MAX_DRAWS = 40;

  static ImmutableList<Known> objectives() {
    return KnownObjectives.all();
  }

  @Test
  void objectives_areMany() {
    assertThat(objectives()).hasSizeGreaterThanOrEqualTo(50);
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void gradient_isDerivativeOfLoss(Known known) {
    Random random = new Random(20240607);
    boolean moves = false;
    for (int pairs : PAIRS) {
      for (boolean labelled : new boolean[] {false, true}) {
        PairSample sample = awayFromKinks(known, random, pairs, labelled);
        TokenValues gradient = known.objective().evaluate(sample.batch(), known.beta()).gradient();

        assertGradient(gradient, moved(known, sample));
        moves |= Close.norm(gradient) > 0;
      }
    }
    assertThat(moves).as("some gradient is not zero").isTrue();
  }

  /** Objectives that couple the batch refuse weights and noise; they get plain labels. */
  private static PairSample awayFromKinks(Known known, Random random, int pairs, boolean labelled) {
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
      PairSample sample = PairSample.random(random, pairs);
      if (labelled && !known.objective().traits().couplesBatch()) {
        sample = sample.withRandomLabels(random);
      }
      if (!Differences.nearKink(sample.policy(), moved(known, sample))) {
        return sample;
      }
    }
    throw new AssertionError(known + " seems to have kinks everywhere");
  }

  private static Differences.Moved moved(Known known, PairSample sample) {
    return (row, token, by) ->
        known.objective().evaluate(sample.shifted(row, token, by).batch(), known.beta()).loss();
  }
}
