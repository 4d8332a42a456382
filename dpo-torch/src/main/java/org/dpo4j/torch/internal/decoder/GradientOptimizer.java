package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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

/**
 * PyTorch's optimizers over a network's trained tensors. Owns the moments; the gradients are the
 * network's.
 */
public final class GradientOptimizer implements Optimizer, Resumable {

  private static final String STATE = "optimizer.safetensors";
  private static final String KIND = "optimizer";
  private static final String STEPS = "steps";

  private final OptimizerSpec spec;
  private final Kernels kernels;
  private final PtNDManager manager;
  private final Revision trained;
  private final Runnable afterStep;
  private final TensorList parameters;
  private final TensorList gradients;
  private final TensorList first;
  private final TensorList second;
  private final TensorState state;
  private long steps;

  /**
   * An optimizer with moments at zero. Accumulated gradients are discarded.
   *
   * @param parameters the tensors it updates, at least one
   * @param trained told of each update of them
   * @param model owns memory for the moments
   * @param spec which one
   * @param afterStep told of every update
   */
  public GradientOptimizer(
      ImmutableList<Network.Parameter> parameters,
      Revision trained,
      Model model,
      OptimizerSpec spec,
      Runnable afterStep) {
    this.spec = spec;
    this.kernels = model.kernels();
    this.manager = (PtNDManager) model.manager().newSubManager();
    this.trained = trained;
    this.afterStep = afterStep;
    this.parameters = TensorList.of(parameters.stream().map(Network.Parameter::value).toList());
    this.gradients = TensorList.of(parameters.stream().map(Network.Parameter::gradient).toList());
    boolean hasFirst = !(spec instanceof RmsProp);
    boolean hasSecond = !(spec instanceof Sgd);
    ImmutableMap<String, PtNDArray> firstMoments = moments("first", hasFirst, parameters);
    ImmutableMap<String, PtNDArray> secondMoments = moments("second", hasSecond, parameters);
    this.first = TensorList.of(firstMoments.values().asList());
    this.second = TensorList.of(secondMoments.values().asList());
    this.state =
        new TensorState(
            model,
            STATE,
            ImmutableMap.<String, PtNDArray>builder()
                .putAll(firstMoments)
                .putAll(secondMoments)
                .buildOrThrow());
    discardGradients();
  }

  /** Zeros shaped like the parameters, in their order; none where there is no such moment. */
  private ImmutableMap<String, PtNDArray> moments(
      String which, boolean exists, ImmutableList<Network.Parameter> parameters) {
    return parameters.stream()
        .filter(parameter -> exists)
        .collect(
            ImmutableMap.toImmutableMap(
                parameter -> which + ":" + parameter.name(),
                parameter ->
                    (PtNDArray) manager.zeros(parameter.value().getShape(), DataType.FLOAT32)));
  }

  @Override
  public double gradientNorm() {
    try (PtNDArray norm = kernels.tensor(manager, "norm", gradients)) {
      return norm.getDouble();
    }
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    trained.change(() -> update(learningRate, gradientScale));
    afterStep.run();
  }

  private void update(double learningRate, double gradientScale) {
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
  }

  @Override
  public void discardGradients() {
    kernels.run("zero_", gradients);
  }

  @Override
  public void save(StateSink sink) throws IOException {
    state.save(
        sink,
        ImmutableMap.<String, String>builder()
            .putAll(TensorState.METADATA)
            .put(KIND, kind())
            .put(STEPS, Long.toString(steps))
            .buildOrThrow());
  }

  @Override
  public void restore(StateSource source) throws IOException {
    ImmutableMap<String, String> metadata = state.about(source);
    String found = metadata.getOrDefault(KIND, "none");
    Check.that(
        found.equals(kind()), "%s must be the state of %s, got one of %s", STATE, kind(), found);
    String counted = metadata.getOrDefault(STEPS, "none");
    Check.that(
        counted.matches("\\d{1,18}"), "%s: steps must be a number ≥ 0, got %s", STATE, counted);
    state.check(source);
    state.restore(source);
    steps = Long.parseLong(counted);
  }

  private String kind() {
    return spec.getClass().getSimpleName();
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
