package org.dpo4j.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * How fast this machine reads memory for one row through a model's weights: as that does, it
 * multiplies matrices by vectors, as many bytes of them as the weights have. Not the memory's own
 * bandwidth where a part of them stays in a cache, which it then does for both.
 */
final class MemoryRate {

  private static final int GOES = 30;
  private static final int ROWS = 3072;
  private static final int WIDTH = 576;

  private MemoryRate() {}

  /**
   * Measures for some seconds; libtorch is running.
   *
   * @param bytes how many to read at a time
   * @return bytes a second, the best of many goes
   */
  static double measure(long bytes) {
    int matrices = Math.toIntExact(Math.max(1, bytes / (4L * ROWS * WIDTH)));
    try (NDManager memory = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray all = memory.ones(new Shape(matrices, ROWS, WIDTH));
      NDArray x = memory.ones(new Shape(WIDTH));
      long best = Long.MAX_VALUE;
      for (int i = 0; i < GOES; i++) {
        long began = System.nanoTime();
        for (int matrix = 0; matrix < matrices; matrix++) {
          try (NDArray w = all.get(matrix)) {
            w.matMul(x).close();
          }
        }
        best = Math.min(best, System.nanoTime() - began);
      }
      return 4.0 * matrices * ROWS * WIDTH / best * 1e9;
    }
  }
}
