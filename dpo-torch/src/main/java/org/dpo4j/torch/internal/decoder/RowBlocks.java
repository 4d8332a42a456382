package org.dpo4j.torch.internal.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.LayerSpec;

/**
 * How many rows at a time a model's products take on a CPU, so that a row's bits don't depend on
 * the rows beside it. {@value Kernels#ROWS} always do; other numbers, with which large batches are
 * faster and small ones are padded less, only where they give the same bits on this processor, for
 * every shape of matrix that the model has. That is tried when a model is loaded: which kernel a
 * library takes, and in what order it sums, is a matter of the shapes.
 *
 * @param sizes descending, {@value Kernels#ROWS} among them
 */
record RowBlocks(ImmutableList<Integer> sizes) {

  static final RowBlocks LEAST = new RowBlocks(ImmutableList.of(Kernels.ROWS));

  /** Multiples and parts of {@value Kernels#ROWS}, all of them whole tiles. */
  private static final ImmutableList<Integer> CANDIDATES = ImmutableList.of(384, 192, 96, 48, 24);

  private static final int ROWS_TRIED = 384;

  /** A matrix that rows are multiplied with. */
  private record Factor(PtNDArray matrix, boolean transposed) {

    int in() {
      return (int) matrix.getShape().get(transposed ? 0 : 1);
    }
  }

  /** Tries the candidates on one of the model's own matrices of each shape. */
  static RowBlocks find(
      PtNDManager manager, Kernels kernels, DecoderSpec spec, Weights weights, NumberTypes types) {
    ImmutableList<Integer> same = CANDIDATES;
    try (PtNDManager scratch = (PtNDManager) manager.newSubManager()) {
      for (Factor factor : factors(scratch, kernels, spec, weights).values()) {
        same = same(scratch, kernels, factor, types, same);
      }
    }
    return new RowBlocks(same);
  }

  private static ImmutableList<Integer> same(
      PtNDManager scratch,
      Kernels kernels,
      Factor factor,
      NumberTypes types,
      ImmutableList<Integer> sizes) {
    try (PtNDManager owner = (PtNDManager) scratch.newSubManager()) {
      PtNDArray x =
          (PtNDArray) owner.create(noise(factor.in()), new Shape(ROWS_TRIED, factor.in()));
      PtNDArray right = product(owner, kernels, x, factor, types, Kernels.ROWS);
      ImmutableList.Builder<Integer> same = ImmutableList.builder();
      for (int size : sizes) {
        if (size == Kernels.ROWS
            || product(owner, kernels, x, factor, types, size).contentEquals(right)) {
          same.add(size);
        }
      }
      return same.build();
    }
  }

  private static PtNDArray product(
      PtNDManager owner, Kernels kernels, PtNDArray x, Factor factor, NumberTypes types, int size) {
    return kernels.tensor(
        owner,
        "product_by",
        x,
        factor.matrix(),
        factor.transposed(),
        types.layers(),
        new long[] {size},
        size);
  }

  /** One matrix a shape; the head's as scoring takes them, block by block. */
  private static Map<String, Factor> factors(
      PtNDManager scratch, Kernels kernels, DecoderSpec spec, Weights weights) {
    Map<String, Factor> factors = new LinkedHashMap<>();
    for (LayerSpec layer : spec.layers()) {
      for (JoinedLinear linear : JoinedLinear.all(layer)) {
        add(factors, new Factor(weights.computed(linear.weight()), linear.transposed()));
      }
    }
    PtNDArray head = weights.tensor(spec.head().weight());
    long words = head.getShape().get(0);
    long block = Math.min(words, Network.HEAD_BLOCK);
    add(factors, new Factor(kernels.tensor(scratch, "part", head, 0, block), false));
    if (words % block > 0) {
      long rest = words % block;
      add(factors, new Factor(kernels.tensor(scratch, "part", head, words - rest, rest), false));
    }
    return factors;
  }

  private static void add(Map<String, Factor> factors, Factor factor) {
    factors.putIfAbsent(factor.matrix().getShape() + " " + factor.transposed(), factor);
  }

  /** Not libtorch's random numbers, which are the process's, and a run's. */
  private static float[] noise(int width) {
    Random random = new Random(1);
    float[] noise = new float[ROWS_TRIED * width];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }
}
