package org.dpo4j.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** How fast this machine multiplies matrices of 1024 × 1024 in fp32: the best of many goes. */
final class MatrixRate {

  private static final int SIZE = 1024;
  private static final int GOES = 60;

  private MatrixRate() {}

  /**
   * Measures for a second or two; libtorch is running.
   *
   * @return floating-point operations a second
   */
  static double measure() {
    try (NDManager memory = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray a = memory.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      NDArray b = memory.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      long best = Long.MAX_VALUE;
      for (int i = 0; i < GOES; i++) {
        long began = System.nanoTime();
        a.matMul(b).close();
        best = Math.min(best, System.nanoTime() - began);
      }
      return 2.0 * SIZE * SIZE * SIZE / best * 1e9;
    }
  }
}
