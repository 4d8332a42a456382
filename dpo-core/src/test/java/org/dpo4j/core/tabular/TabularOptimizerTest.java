package org.dpo4j.core.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.dpo4j.core.tabular.Tables.ids;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TabularOptimizerTest {

  private static final ImmutableIntArray CONTEXT = ids(1);
  private static final double[] START = {0.5, -1.0, 2.0};

  /** Three steps' gradients. */
  private static final double[][] GRADIENTS = {
    {1.0, -2.0, 0.5}, {0.25, 1.0, -0.75}, {-3.0, 0.0, 0.1}
  };

  private final LogitTable weights = new LogitTable(Tables.VOCABULARY);
  private final LogitTable gradients = new LogitTable(Tables.VOCABULARY);
  private int stepsSeen;

  TabularOptimizerTest() {
    System.arraycopy(START, 0, weights.row(CONTEXT), 0, START.length);
  }

  @Test
  void adamW_threeStepsFollowTheTextbook() {
    double eta = 0.1;
    double b1 = 0.8;
    double b2 = 0.95;
    double epsilon = 1e-3;
    double decay = 0.2;
    run(AdamW.learningRate(eta).betas(b1, b2).epsilon(epsilon).weightDecay(decay), eta, 1.0);

    for (int v = 0; v < START.length; v++) {
      double g1 = GRADIENTS[0][v];
      double g2 = GRADIENTS[1][v];
      double g3 = GRADIENTS[2][v];
      // each moment written out as the weighted sum of all gradients so far, over the sum of the
      // weights
      double m1 = g1;
      double m2 = (b1 * g1 + g2) / (b1 + 1);
      double m3 = (b1 * b1 * g1 + b1 * g2 + g3) / (b1 * b1 + b1 + 1);
      double v1 = g1 * g1;
      double v2 = (b2 * g1 * g1 + g2 * g2) / (b2 + 1);
      double v3 = (b2 * b2 * g1 * g1 + b2 * g2 * g2 + g3 * g3) / (b2 * b2 + b2 + 1);
      double theta = START[v];
      theta = (1 - eta * decay) * theta - eta * m1 / (Math.sqrt(v1) + epsilon);
      theta = (1 - eta * decay) * theta - eta * m2 / (Math.sqrt(v2) + epsilon);
      theta = (1 - eta * decay) * theta - eta * m3 / (Math.sqrt(v3) + epsilon);
      assertThat(weights.row(CONTEXT)[v]).as("logit %d", v).isCloseTo(theta, within(1e-14));
    }
  }

  @Test
  void adamW_firstStepIsTheLearningRateAgainstTheSign() {
    TabularOptimizer optimizer = optimizer(AdamW.learningRate(0.1));
    accumulate(CONTEXT, 3e-3, -40.0, 0.0);

    optimizer.step(0.1, 1.0);

    assertThat(weights.row(CONTEXT))
        .containsExactly(new double[] {START[0] - 0.1, START[1] + 0.1, START[2]}, within(1e-6));
  }

  @Test
  void sgd_threeStepsWithMomentumFollowTheTextbook() {
    double eta = 0.1;
    double mu = 0.7;
    run(Sgd.learningRate(eta).momentum(mu), eta, 1.0);

    for (int v = 0; v < START.length; v++) {
      double b1 = GRADIENTS[0][v];
      double b2 = mu * b1 + GRADIENTS[1][v];
      double b3 = mu * b2 + GRADIENTS[2][v];
      assertThat(weights.row(CONTEXT)[v]).isCloseTo(START[v] - eta * (b1 + b2 + b3), within(1e-14));
    }
  }

  @Test
  void rmsProp_threeStepsFollowTheTextbook() {
    double eta = 0.1;
    double alpha = 0.9;
    double epsilon = 1e-3;
    run(new RmsProp(eta, alpha, epsilon), eta, 1.0);

    for (int v = 0; v < START.length; v++) {
      double theta = START[v];
      double second = 0.0;
      for (double[] gradient : GRADIENTS) {
        second = alpha * second + (1 - alpha) * gradient[v] * gradient[v];
        theta -= eta * gradient[v] / (Math.sqrt(second) + epsilon);
      }
      assertThat(weights.row(CONTEXT)[v]).isCloseTo(theta, within(1e-14));
    }
  }

  @Test
  void step_usesTheLearningRateOfTheCallNotTheSpecifications() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(0.1));
    accumulate(CONTEXT, 1.0, 0.0, -1.0);

    optimizer.step(0.5, 1.0);

    assertThat(weights.row(CONTEXT)).containsExactly(0.0, -1.0, 2.5);
  }

  @Test
  void step_withLearningRateZeroMovesNothingButTheMoments() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(0.1).momentum(0.5));
    accumulate(CONTEXT, 1.0, 0.0, -1.0);
    optimizer.step(0.0, 1.0);
    assertThat(weights.row(CONTEXT)).containsExactly(START);

    optimizer.step(1.0, 1.0);

    assertThat(weights.row(CONTEXT)).containsExactly(0.0, -1.0, 2.5);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void gradientScale_multipliesTheGradientsBeforeAnythingElse(OptimizerSpec spec) {
    run(spec, 0.1, 0.25);
    double[] scaledByOptimizer = weights.row(CONTEXT).clone();

    TabularOptimizerTest other = new TabularOptimizerTest();
    TabularOptimizer optimizer = other.optimizer(spec);
    for (double[] gradient : GRADIENTS) {
      other.accumulate(CONTEXT, 0.25 * gradient[0], 0.25 * gradient[1], 0.25 * gradient[2]);
      optimizer.step(0.1, 1.0);
    }

    assertThat(scaledByOptimizer).containsExactly(other.weights.row(CONTEXT), within(1e-15));
  }

  @Test
  void gradientNorm_isOverAllRowsTogether() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(0.1));
    assertThat(optimizer.gradientNorm()).isZero();

    accumulate(CONTEXT, 1.0, 2.0, 4.0);
    accumulate(ids(2), 0.0, 2.0, 0.0);
    // 1 + 4 + 16 + 4
    assertThat(optimizer.gradientNorm()).isEqualTo(5.0);

    accumulate(ids(2), 0.0, Double.NaN, 0.0);
    assertThat(optimizer.gradientNorm()).isNaN();
  }

  @Test
  void step_leavesNoGradientBehind() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(0.1));
    accumulate(CONTEXT, 1.0, 2.0, 3.0);
    optimizer.step(0.1, 1.0);
    assertThat(optimizer.gradientNorm()).isZero();

    double[] afterOne = weights.row(CONTEXT).clone();
    optimizer.step(0.1, 1.0);

    assertThat(weights.row(CONTEXT)).containsExactly(afterOne);
    assertThat(stepsSeen).isEqualTo(2);
  }

  @Test
  void discardGradients_leavesParametersAndMoments() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(1.0).momentum(0.5));
    accumulate(CONTEXT, 1.0, 0.0, 0.0);
    optimizer.step(1.0, 1.0);
    accumulate(CONTEXT, 100.0, 100.0, 100.0);

    optimizer.discardGradients();

    assertThat(optimizer.gradientNorm()).isZero();
    assertThat(weights.row(CONTEXT)).containsExactly(-0.5, -1.0, 2.0);
    // the momentum of the first step goes on
    optimizer.step(1.0, 1.0);
    assertThat(weights.row(CONTEXT)).containsExactly(-1.0, -1.0, 2.0);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void sparseSteps_equalADenseImplementation(OptimizerSpec spec) {
    List<ImmutableIntArray> contexts = Tables.contexts(2);
    DenseOptimizer dense = new DenseOptimizer(spec, contexts.size() * Tables.VOCABULARY);
    System.arraycopy(START, 0, dense.theta, at(contexts, CONTEXT), START.length);
    TabularOptimizer sparse = optimizer(spec);
    SplittableRandom random = new SplittableRandom(30);

    for (int step = 0; step < 20; step++) {
      double[] gradient = new double[dense.theta.length];
      for (int touched = 0; touched < 3; touched++) {
        // later steps reach contexts that had no gradient before
        ImmutableIntArray context =
            contexts.get(random.nextInt(Math.min(contexts.size(), 2 + step)));
        double[] row = Tables.logits(random);
        accumulate(context, row);
        for (int v = 0; v < row.length; v++) {
          gradient[at(contexts, context) + v] += row[v];
        }
      }
      sparse.step(0.05, 0.5);
      dense.step(gradient, 0.05, 0.5);
    }

    for (ImmutableIntArray context : contexts) {
      double[] row = weights.row(context);
      for (int v = 0; v < row.length; v++) {
        assertThat(row[v]).isCloseTo(dense.theta[at(contexts, context) + v], within(1e-12));
      }
    }
  }

  @Test
  void optimizer_startsWithoutGradients() {
    accumulate(CONTEXT, 1.0, 1.0, 1.0);
    assertThat(optimizer(Sgd.learningRate(0.1)).gradientNorm()).isZero();
  }

  @Test
  void step_outOfRange_isRefused() {
    TabularOptimizer optimizer = optimizer(Sgd.learningRate(0.1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.step(-0.1, 1.0))
        .withMessage("learningRate must be a finite number ≥ 0, got -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> optimizer.step(0.1, Double.NaN))
        .withMessage("gradientScale must be a finite number ≥ 0, got NaN");
    assertThat(stepsSeen).isZero();
  }

  static Stream<OptimizerSpec> specs() {
    return Stream.of(
        AdamW.learningRate(0.05).weightDecay(0.1),
        AdamW.learningRate(0.05).betas(0.0, 0.5),
        Sgd.learningRate(0.05),
        Sgd.learningRate(0.05).momentum(0.9),
        new RmsProp(0.05, 0.9, 1e-6));
  }

  private void run(OptimizerSpec spec, double learningRate, double gradientScale) {
    TabularOptimizer optimizer = optimizer(spec);
    for (double[] gradient : GRADIENTS) {
      accumulate(CONTEXT, gradient);
      optimizer.step(learningRate, gradientScale);
    }
  }

  private TabularOptimizer optimizer(OptimizerSpec spec) {
    return new TabularOptimizer(spec, weights, gradients, () -> stepsSeen++);
  }

  private void accumulate(ImmutableIntArray context, double... gradient) {
    double[] row = gradients.row(context);
    for (int v = 0; v < row.length; v++) {
      row[v] += gradient[v];
    }
  }

  private static int at(List<ImmutableIntArray> contexts, ImmutableIntArray context) {
    return contexts.indexOf(context) * Tables.VOCABULARY;
  }

  /** The update rules on one flat array, where every parameter is there from the first step. */
  private static final class DenseOptimizer {
    final OptimizerSpec spec;
    final double[] theta;
    final double[] m;
    final double[] v;
    int t;

    DenseOptimizer(OptimizerSpec spec, int parameters) {
      this.spec = spec;
      this.theta = new double[parameters];
      this.m = new double[parameters];
      this.v = new double[parameters];
    }

    void step(double[] gradient, double eta, double scale) {
      t++;
      for (int i = 0; i < theta.length; i++) {
        double g = scale * gradient[i];
        if (spec instanceof AdamW adam) {
          m[i] = adam.beta1() * m[i] + (1 - adam.beta1()) * g;
          v[i] = adam.beta2() * v[i] + (1 - adam.beta2()) * g * g;
          double bias1 = 1 - Math.pow(adam.beta1(), t);
          double bias2 = Math.sqrt(1 - Math.pow(adam.beta2(), t));
          theta[i] *= 1 - eta * adam.weightDecay();
          theta[i] -= eta / bias1 * m[i] / (Math.sqrt(v[i]) / bias2 + adam.epsilon());
        } else if (spec instanceof RmsProp rmsProp) {
          v[i] = rmsProp.alpha() * v[i] + (1 - rmsProp.alpha()) * g * g;
          theta[i] -= eta * g / (Math.sqrt(v[i]) + rmsProp.epsilon());
        } else if (spec instanceof Sgd sgd) {
          m[i] = sgd.momentum() * m[i] + g;
          theta[i] -= eta * m[i];
        }
      }
    }
  }
}
