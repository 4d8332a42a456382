package org.dpo4j.core.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.batch.UnpairedBatch;
import org.dpo4j.core.loss.Bco;
import org.dpo4j.core.loss.Evaluation;
import org.dpo4j.core.loss.Kto;
import org.junit.jupiter.api.Test;

/**
 * KTO and BCO learn what is liked from thumbs alone: no completion is ever compared with another.
 */
class UnpairedLearningTest {

  private static final double BETA = 0.1;
  private static final int EXAMPLES = 64;
  private static final int STEPS = 150;

  private final ToyWorld world = new ToyWorld(7);
  private final List<PromptGroup> examples = new ArrayList<>();
  private final List<PromptGroup> mismatched = new ArrayList<>();
  private final List<Boolean> thumbs = new ArrayList<>();

  /**
   * Draws a completion from the reference for each prompt in turn, thumb up if its reward is above
   * the prompt's median; a mismatched example answers its prompt with the next example's
   * completion, which was drawn for the other prompt.
   */
  UnpairedLearningTest() {
    SplittableRandom random = new SplittableRandom(8);
    int[] drawn = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      int x = i % 2;
      drawn[i] = RandomDistribution.draw(random, ToyWorld.logProbs(world.reference(), x));
      examples.add(ToyWorld.group(x, drawn[i]));
      thumbs.add(isLiked(x, drawn[i]));
    }
    for (int i = 0; i < EXAMPLES; i++) {
      mismatched.add(ToyWorld.group(i % 2, drawn[(i + 1) % EXAMPLES]));
    }
  }

  @Test
  void examples_areOfBothKinds() {
    assertThat(thumbs).contains(true, false);
  }

  @Test
  void kto_raisesRewardAndLikedCompletions() {
    TokenValues reference = world.reference().logProbs(examples);
    TokenValues mismatchedReference = world.reference().logProbs(mismatched);
    Kto kto = new Kto(1.0, 1.0);

    List<Evaluation> evaluations =
        trainAndExpectImprovement(
            scores ->
                kto.evaluate(
                    UnpairedBatch.of(scores, reference, thumbs)
                        .withKlEstimate(
                            Kto.klEstimate(
                                world.policy().logProbs(mismatched), mismatchedReference)),
                    BETA));

    // σ(0) = ½ everywhere before the first step
    assertThat(evaluations.get(0).loss()).isCloseTo(0.5, within(1e-14));
    assertThat(evaluations.get(STEPS - 1).loss()).isLessThan(0.4);
  }

  @Test
  void bco_raisesRewardAndLikedCompletions() {
    TokenValues reference = world.reference().logProbs(examples);
    Bco bco = new Bco();
    Bco.RunningShift[] shift = {Bco.RunningShift.START};

    List<Evaluation> evaluations =
        trainAndExpectImprovement(
            scores -> {
              UnpairedBatch batch = UnpairedBatch.of(scores, reference, thumbs);
              shift[0] = shift[0].after(batch, BETA);
              return bco.evaluate(batch.withRewardShift(shift[0].mean()), BETA);
            });

    assertThat(evaluations.get(0).loss()).isCloseTo(Math.log(2), within(1e-14));
    assertThat(evaluations.get(STEPS - 1).loss()).isLessThan(0.6);
    assertThat(shift[0].count()).isEqualTo((long) EXAMPLES * STEPS);
  }

  private List<Evaluation> trainAndExpectImprovement(Function<TokenValues, Evaluation> objective) {
    double[] rewardBefore = {world.expectedReward(0), world.expectedReward(1)};
    double[] likedBefore = {likedMass(0), likedMass(1)};

    List<Evaluation> evaluations = ToyWorld.train(world.policy(), examples, STEPS, objective);

    for (int x = 0; x < 2; x++) {
      assertThat(world.expectedReward(x))
          .as("reward, prompt %d", x)
          .isGreaterThan(rewardBefore[x] + 0.05);
      assertThat(likedMass(x)).as("liked mass, prompt %d", x).isGreaterThan(likedBefore[x] + 0.2);
    }
    return evaluations;
  }

  private double likedMass(int prompt) {
    double[] logProbs = ToyWorld.logProbs(world.policy(), prompt);
    double mass = 0.0;
    for (int y = 0; y < logProbs.length; y++) {
      mass += isLiked(prompt, y) ? Math.exp(logProbs[y]) : 0.0;
    }
    return mass;
  }

  private boolean isLiked(int prompt, int completion) {
    double[] sorted = world.rewards(prompt);
    Arrays.sort(sorted);
    return world.reward(prompt, completion) > sorted[sorted.length / 2];
  }
}
