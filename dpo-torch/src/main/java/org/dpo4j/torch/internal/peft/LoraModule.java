package org.dpo4j.torch.internal.peft;

import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.LinearSpec;
import org.dpo4j.torch.internal.architecture.TensorShape;

/**
 * LoRA on one linear module: {@code y = W x + s·B A x}.
 *
 * @param linear the module
 * @param scale s
 * @param a A, {@code [rank, in]}
 * @param b B, {@code [out, rank]}, whichever way round the checkpoint stores W
 */
public record LoraModule(LinearSpec linear, LoraScale scale, Matrix a, Matrix b) {

  /** Checks the shapes. */
  public LoraModule {
    checkShape(linear.module() + ": A", TensorShape.of(scale.rank(), linear.in()), a);
    checkShape(linear.module() + ": B", TensorShape.of(linear.out(), scale.rank()), b);
  }

  /**
   * What A is called in an adapter's file.
   *
   * @return PEFT's name of the tensor
   */
  public String nameOfA() {
    return AdapterTensors.nameOfA(linear);
  }

  /**
   * What B is called in an adapter's file.
   *
   * @return PEFT's name of the tensor
   */
  public String nameOfB() {
    return AdapterTensors.nameOfB(linear);
  }

  private static void checkShape(String name, TensorShape expected, Matrix got) {
    Check.that(expected.equals(got.shape()), "%s must be %s, got %s", name, expected, got.shape());
  }
}
