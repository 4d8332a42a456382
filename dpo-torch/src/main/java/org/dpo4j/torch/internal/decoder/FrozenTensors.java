package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * Copies of the tensors that a training changes, beside all that it doesn't.
 *
 * @param model the model, its trained weights replaced by the copies
 * @param adapters the stack, its trained adapter replaced by the copy
 * @param memory owns the copies
 * @param copies in the order of {@code originals}
 * @param originals what is trained
 */
public record FrozenTensors(
    Model model,
    ImmutableList<Adapter> adapters,
    PtNDManager memory,
    TensorList copies,
    TensorList originals)
    implements AutoCloseable {

  /**
   * Copies.
   *
   * @param model of the network being trained
   * @param adapters its stack
   * @param training what is trained
   * @return the copies
   */
  public static FrozenTensors copyOf(
      Model model, ImmutableList<Adapter> adapters, Training training) {
    PtNDManager memory = (PtNDManager) model.manager().newSubManager();
    if (training instanceof Training.ModelWeights trained) {
      Model copy = model.withCopiesOf(trained.names(), memory);
      List<String> names = trained.names().asList();
      return new FrozenTensors(copy, adapters, memory, tensors(copy, names), tensors(model, names));
    }
    Adapter top = adapters.get(adapters.size() - 1);
    Adapter copy = top.copy(memory, model.kernels());
    ImmutableList<Adapter> stack =
        ImmutableList.<Adapter>builder()
            .addAll(adapters.subList(0, adapters.size() - 1))
            .add(copy)
            .build();
    return new FrozenTensors(
        model, stack, memory, TensorList.of(copy.tensors()), TensorList.of(top.tensors()));
  }

  private static TensorList tensors(Model model, List<String> names) {
    return TensorList.of(names.stream().map(model.weights()::tensor).toArray(PtNDArray[]::new));
  }

  /**
   * {@code θ_ref ← θ_ref + α (θ − θ_ref)}.
   *
   * @param alpha α in (0, 1]
   */
  public void moveTowardsOriginals(double alpha) {
    model.kernels().run("move_", copies, originals, alpha);
  }

  @Override
  public void close() {
    copies.close();
    originals.close();
    memory.close();
  }
}
