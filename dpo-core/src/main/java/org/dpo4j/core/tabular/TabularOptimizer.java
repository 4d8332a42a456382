package org.dpo4j.core.tabular;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.math.Check;

/** The update rules of {@link OptimizerSpec} on a table of logits. */
final class TabularOptimizer implements Optimizer, Resumable {

  private static final String STATE = "optimizer.table";

  private final OptimizerSpec spec;
  private final LogitTable weights;
  private final LogitTable gradients;
  private final LogitTable firstMoments;
  private final LogitTable secondMoments;
  private final Runnable afterStep;
  private int step;

  TabularOptimizer(
      OptimizerSpec spec, LogitTable weights, LogitTable gradients, Runnable afterStep) {
    this.spec = spec;
    this.weights = weights;
    this.gradients = gradients;
    this.firstMoments = new LogitTable(weights.vocabularySize());
    this.secondMoments = new LogitTable(weights.vocabularySize());
    this.afterStep = afterStep;
    gradients.clear();
  }

  @Override
  public double gradientNorm() {
    double squares = 0.0;
    for (double[] row : gradients.rows().values()) {
      for (double g : row) {
        squares += g * g;
      }
    }
    return Math.sqrt(squares);
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    Check.nonNegative("learningRate", learningRate);
    Check.nonNegative("gradientScale", gradientScale);
    step++;
    gradients.rows().keySet().forEach(weights::row);
    weights.rows().forEach((context, theta) -> update(context, theta, learningRate, gradientScale));
    gradients.clear();
    afterStep.run();
  }

  private void update(ImmutableIntArray context, double[] theta, double eta, double scale) {
    double[] gradient = gradients.find(context);
    double[] m = firstMoments.row(context);
    double[] v = secondMoments.row(context);
    for (int i = 0; i < theta.length; i++) {
      double g = gradient == null ? 0.0 : scale * gradient[i];
      if (spec instanceof AdamW adamW) {
        m[i] = adamW.beta1() * m[i] + (1.0 - adamW.beta1()) * g;
        v[i] = adamW.beta2() * v[i] + (1.0 - adamW.beta2()) * g * g;
        double mHat = m[i] / (1.0 - Math.pow(adamW.beta1(), step));
        double vHat = v[i] / (1.0 - Math.pow(adamW.beta2(), step));
        theta[i] -=
            eta * (adamW.weightDecay() * theta[i] + mHat / (Math.sqrt(vHat) + adamW.epsilon()));
      } else if (spec instanceof RmsProp rmsProp) {
        v[i] = rmsProp.alpha() * v[i] + (1.0 - rmsProp.alpha()) * g * g;
        theta[i] -= eta * g / (Math.sqrt(v[i]) + rmsProp.epsilon());
      } else if (spec instanceof Sgd sgd) {
        m[i] = sgd.momentum() * m[i] + g;
        theta[i] -= eta * m[i];
      }
    }
  }

  @Override
  public void discardGradients() {
    gradients.clear();
  }

  @Override
  public void save(StateSink sink) throws IOException {
    TableState.write(sink, STATE, step, firstMoments, secondMoments);
  }

  @Override
  public void restore(StateSource source) throws IOException {
    step = TableState.read(source, STATE, firstMoments, secondMoments);
  }

  @Override
  public void close() {
    gradients.clear();
  }
}
