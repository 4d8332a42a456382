package org.dpo4j.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * How fast this machine multiplies matrices of 1024 × 1024 in fp32 when it does nothing else: the
 * mean over many products, since the time of a step is a mean too.
 */
final class MatrixRate {

  private static final int SIZE = 1024;
  private static final int WARM_UP = 5;
  private static final int PRODUCTS = 150;

  private MatrixRate() {}

  /**
   * Measures for a second or two.
   *
   * @return floating-point operations a second
   */
  static double measure() {
    try (NDManager memory = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray a = memory.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      NDArray b = memory.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      multiply(a, b, WARM_UP);
      long began = System.nanoTime();
      multiply(a, b, PRODUCTS);
      double seconds = (System.nanoTime() - began) * 1e-9;
      return PRODUCTS * 2.0 * SIZE * SIZE * SIZE / seconds;
    }
  }

  private static void multiply(NDArray a, NDArray b, int times) {
    for (int i = 0; i < times; i++) {
      a.matMul(b).close();
    }
  }
}
