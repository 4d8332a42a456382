package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import org.dpo4j.core.backend.AdamW;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.OptimizerSpec;
import org.dpo4j.core.backend.RmsProp;
import org.dpo4j.core.backend.Sgd;

/**
 * PyTorch's optimizers over a network's trained tensors. Owns the moments; the gradients are the
 * network's.
 */
public final class GradientOptimizer implements Optimizer {

  private final OptimizerSpec spec;
  private final Kernels kernels;
  private final PtNDManager manager;
  private final Runnable afterStep;
  private final TensorList parameters;
  private final TensorList gradients;
  private final TensorList first;
  private final TensorList second;
  private long steps;

  /**
   * An optimizer with moments at zero. Accumulated gradients are discarded.
   *
   * @param network whose trained tensors it updates
   * @param model owns memory for the moments
   * @param spec which one
   * @param afterStep told of every update
   */
  public GradientOptimizer(Network network, Model model, OptimizerSpec spec, Runnable afterStep) {
    this.spec = spec;
    this.kernels = model.kernels();
    this.manager = (PtNDManager) model.manager().newSubManager();
    this.afterStep = afterStep;
    ImmutableList<Network.Parameter> trained = network.parameters();
    this.parameters = TensorList.of(trained.stream().map(Network.Parameter::value).toList());
    this.gradients = TensorList.of(trained.stream().map(Network.Parameter::gradient).toList());
    boolean hasFirst = !(spec instanceof RmsProp);
    boolean hasSecond = !(spec instanceof Sgd);
    this.first = hasFirst ? moments(trained) : TensorList.of();
    this.second = hasSecond ? moments(trained) : TensorList.of();
    discardGradients();
  }

  private TensorList moments(ImmutableList<Network.Parameter> trained) {
    return TensorList.of(
        trained.stream()
            .map(
                parameter ->
                    (PtNDArray) manager.zeros(parameter.value().getShape(), DataType.FLOAT32))
            .toList());
  }

  @Override
  public double gradientNorm() {
    try (PtNDArray norm = kernels.tensor(manager, "norm", gradients)) {
      return norm.getDouble();
    }
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    steps++;
    if (spec instanceof AdamW adamW) {
      kernels.run(
          "adamw_",
          parameters,
          gradients,
          first,
          second,
          gradientScale,
          learningRate,
          adamW.beta1(),
          adamW.beta2(),
          adamW.epsilon(),
          adamW.weightDecay(),
          (double) steps);
    } else if (spec instanceof Sgd sgd) {
      kernels.run(
          "sgd_", parameters, gradients, first, gradientScale, learningRate, sgd.momentum());
    } else {
      RmsProp rmsProp = (RmsProp) spec;
      kernels.run(
          "rmsprop_",
          parameters,
          gradients,
          second,
          gradientScale,
          learningRate,
          rmsProp.alpha(),
          rmsProp.epsilon());
    }
    afterStep.run();
  }

  @Override
  public void discardGradients() {
    kernels.run("zero_", gradients);
  }

  @Override
  public void close() {
    parameters.close();
    gradients.close();
    first.close();
    second.close();
    manager.close();
  }
}
