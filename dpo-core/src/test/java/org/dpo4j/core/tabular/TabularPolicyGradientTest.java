package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.tabular.Tables.TOKENIZER;
import static org.dpo4j.core.tabular.Tables.ids;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.Set;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.batch.TokenValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TabularPolicyGradientTest {

  private static final String USED = "backward was called already, or the pass is closed";
  private static final String STALE = "the parameters changed since the forward pass";

  private static final TokenValues GRADIENT = TokenValues.of(new double[][] {{1.0, -0.5}});
  private static final List<PromptGroup> ONE = List.of(PromptGroup.of(ids(1), List.of(ids(2, 0))));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, Integer.MAX_VALUE})
  void backward_equalsFiniteDifferencesOfEveryLogit(int contextLength) {
    TabularPolicy policy = Tables.random(10, contextLength);
    TokenValues weights = Tables.weights(policy.logProbs(Tables.groups()), 11);
    TabularPolicy stepped = policy.copy();
    gradientStep(stepped, Tables.groups(), weights);

    double squares = 0.0;
    for (ImmutableIntArray context : Tables.contexts(Math.min(3, contextLength))) {
      // logits up to a constant, which no probability depends on
      double[] logits = policy.logDistribution(context);
      double[] slopes =
          Tables.slopes(
              policy,
              context,
              logits,
              p -> Tables.weightedSum(weights, p.logProbs(Tables.groups())));
      double[] expected = new double[logits.length];
      for (int v = 0; v < logits.length; v++) {
        expected[v] = logits[v] - slopes[v];
        squares += slopes[v] * slopes[v];
      }
      assertThat(Tables.softmax(stepped.logDistribution(context)))
          .as("context %s", context)
          .containsExactly(Tables.softmax(expected), within(1e-9));
    }
    assertThat(gradientNorm(policy, Tables.groups(), weights))
        .isCloseTo(Math.sqrt(squares), within(1e-8));
  }

  @Test
  void backward_ofAnAdapterEqualsFiniteDifferencesOfItsLogits() {
    TabularPolicy policy = TabularPolicy.onTopOf(Tables.random(12, 1));
    TokenValues weights = Tables.weights(policy.logProbs(Tables.groups()), 13);

    double squares = 0.0;
    for (ImmutableIntArray context : Tables.contexts(1)) {
      double[] slopes =
          Tables.slopes(
              policy,
              context,
              new double[Tables.VOCABULARY],
              p -> Tables.weightedSum(weights, p.logProbs(Tables.groups())));
      for (double slope : slopes) {
        squares += slope * slope;
      }
    }
    assertThat(gradientNorm(policy, Tables.groups(), weights))
        .isCloseTo(Math.sqrt(squares), within(1e-8));
  }

  @Test
  void backward_ofOneTokenIsWorkedByHand() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    policy.setLogits(ids(1), Tables.logits());

    gradientStep(
        policy,
        List.of(PromptGroup.of(ids(1), List.of(ids(2)))),
        TokenValues.of(new double[][] {{-1.0}}));

    // θ − η·g·([v = y] − π) with η = 1, g = −1
    double[] expected = Tables.logits();
    expected[0] -= 0.2;
    expected[1] -= 0.3;
    expected[2] += 0.5;
    assertThat(Tables.softmax(policy.logDistribution(ids(1))))
        .containsExactly(Tables.softmax(expected), within(1e-15));
  }

  @Test
  void backward_ofSeveralPassesAddsUp() {
    TabularPolicy atOnce = Tables.random(14, Integer.MAX_VALUE);
    TabularPolicy inParts = atOnce.copy();
    TokenValues weights = Tables.weights(atOnce.logProbs(Tables.groups()), 15);
    gradientStep(atOnce, Tables.groups(), weights);

    try (Optimizer optimizer = inParts.optimizer(Sgd.learningRate(1.0))) {
      int row = 0;
      for (PromptGroup group : Tables.groups()) {
        int[] rows = new int[group.completions().size()];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = row++;
        }
        try (ForwardPass pass = inParts.forward(List.of(group), Set.of())) {
          pass.backward(weights.select(rows));
        }
      }
      optimizer.step(1.0, 1.0);
    }

    for (ImmutableIntArray context : Tables.contexts(3)) {
      assertThat(inParts.logDistribution(context))
          .containsExactly(atOnce.logDistribution(context), within(1e-14));
    }
  }

  @Test
  void forward_scoresAsScoringDoes() {
    TabularPolicy policy = Tables.random(16, Integer.MAX_VALUE);
    try (ForwardPass pass = policy.forward(Tables.groups(), Set.of())) {
      assertThat(pass.scores().logProbs()).isEqualTo(policy.logProbs(Tables.groups()));
    }
  }

  @Test
  void backward_twice_isRefused() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    try (ForwardPass pass = policy.forward(ONE, Set.of())) {
      pass.backward(GRADIENT);
      assertThatIllegalStateException().isThrownBy(() -> pass.backward(GRADIENT)).withMessage(USED);
    }
  }

  @Test
  void backward_afterClose_isRefused() {
    ForwardPass pass = TabularPolicy.of(TOKENIZER).forward(ONE, Set.of());
    pass.close();
    assertThatIllegalStateException().isThrownBy(() -> pass.backward(GRADIENT)).withMessage(USED);
  }

  @Test
  void backward_afterAStep_isRefused() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(1.0));
        ForwardPass pass = policy.forward(ONE, Set.of())) {
      optimizer.step(1.0, 1.0);
      assertThatIllegalStateException()
          .isThrownBy(() -> pass.backward(GRADIENT))
          .withMessage(STALE);
    }
  }

  @Test
  void backward_afterNewLogits_isRefused() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    try (ForwardPass pass = policy.forward(ONE, Set.of())) {
      policy.setLogits(ids(1), Tables.logits());
      assertThatIllegalStateException()
          .isThrownBy(() -> pass.backward(GRADIENT))
          .withMessage(STALE);
    }
  }

  @Test
  void backward_ofAnotherShape_isRefusedAndMayBeTriedAgain() {
    TabularPolicy policy = TabularPolicy.of(TOKENIZER);
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(1.0));
        ForwardPass pass = policy.forward(ONE, Set.of())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> pass.backward(TokenValues.of(new double[][] {{1.0}})))
          .withMessage("gradient must be shaped like the scores, got TokenValues[[1.0]]");
      assertThat(optimizer.gradientNorm()).isZero();
      pass.backward(GRADIENT);
      assertThat(optimizer.gradientNorm()).isPositive();
    }
  }

  private static void gradientStep(
      TabularPolicy policy, List<PromptGroup> groups, TokenValues gradient) {
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(1.0));
        ForwardPass pass = policy.forward(groups, Set.of())) {
      pass.backward(gradient);
      optimizer.step(1.0, 1.0);
    }
  }

  private static double gradientNorm(
      TabularPolicy policy, List<PromptGroup> groups, TokenValues gradient) {
    try (Optimizer optimizer = policy.optimizer(Sgd.learningRate(1.0));
        ForwardPass pass = policy.forward(groups, Set.of())) {
      pass.backward(gradient);
      return optimizer.gradientNorm();
    }
  }
}
