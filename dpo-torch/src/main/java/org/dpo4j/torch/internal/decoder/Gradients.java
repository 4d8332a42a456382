package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** What of a network is trained, with the gradients that add up in backward passes. */
final class Gradients {

  private final Weights weights;
  private final AdapterStack stack;
  private final Training training;
  private final PtNDManager manager;
  private final Map<String, PtNDArray> gradients = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param weights of the base
   * @param stack on it
   * @param training what is trained of the two
   * @param manager owns the gradients
   */
  Gradients(Weights weights, AdapterStack stack, Training training, PtNDManager manager) {
    this.weights = weights;
    this.stack = stack;
    this.training = training;
    this.manager = manager;
  }

  /** Whether they are of the adapter on top. */
  boolean ofTopAdapter() {
    return training instanceof Training.TopAdapter;
  }

  /** Whether a weight of the base is trained. */
  boolean isTrained(String weight) {
    return training instanceof Training.ModelWeights trained && trained.names().contains(weight);
  }

  /** The gradient of a trained weight or of what a key of the stack names, zero at first. */
  PtNDArray of(String name) {
    return gradients.computeIfAbsent(
        name, key -> (PtNDArray) manager.zeros(value(key).getShape(), DataType.FLOAT32));
  }

  private PtNDArray value(String name) {
    return ofTopAdapter() ? stack.tensor(name) : weights.tensor(name);
  }

  /**
   * What is trained.
   *
   * @param all names of the base's weights
   * @return in the order of the forward pass
   */
  ImmutableList<Network.Parameter> parameters(ImmutableSet<String> all) {
    all.stream().filter(this::isTrained).forEach(this::of);
    return gradients.keySet().stream()
        .map(name -> new Network.Parameter(name, value(name), of(name)))
        .collect(ImmutableList.toImmutableList());
  }
}
