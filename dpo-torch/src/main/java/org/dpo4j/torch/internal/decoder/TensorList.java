package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * Tensors handed to kernels together, as one native list that is made once. It shares the tensors'
 * numbers and keeps them alive.
 */
final class TensorList implements AutoCloseable {

  private final IValue value;

  private TensorList(IValue value) {
    this.value = value;
  }

  static TensorList of(PtNDArray... tensors) {
    return new TensorList(IValue.listFrom(tensors));
  }

  static TensorList of(List<PtNDArray> tensors) {
    return of(tensors.toArray(PtNDArray[]::new));
  }

  IValue value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }
}
